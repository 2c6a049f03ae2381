import { FilterError } from "../value/filter-error.ts";
import { shown } from "../value/shown.ts";
import { asDouble, isNumber, type Value } from "../value/value.ts";
import { negate } from "../value/arithmetic.ts";
import type { NativeBuiltin } from "./native.ts";

/** The mathematics of C's math.h, as far as JavaScript has it. */
export const mathBuiltins: readonly (readonly [string, NativeBuiltin])[] = [
  ...Object.entries({
    floor: Math.floor,
    ceil: Math.ceil,
    sqrt: Math.sqrt,
    fabs: Math.abs,
    trunc: Math.trunc,
    sin: Math.sin,
    cos: Math.cos,
    tan: Math.tan,
    asin: Math.asin,
    acos: Math.acos,
    atan: Math.atan,
    sinh: Math.sinh,
    cosh: Math.cosh,
    tanh: Math.tanh,
    asinh: Math.asinh,
    acosh: Math.acosh,
    atanh: Math.atanh,
    exp: Math.exp,
    exp2: (x: number) => 2 ** x,
    exp10: (x: number) => 10 ** x,
    expm1: Math.expm1,
    log: Math.log,
    log2: Math.log2,
    log10: Math.log10,
    log1p: Math.log1p,
    cbrt: Math.cbrt,
    round: (x: number) => Math.sign(x) * Math.round(Math.abs(x)),
  }).map(([name, calculate]): readonly [string, NativeBuiltin] => [
    `${name}/0`,
    (input) => calculate(number(input, name)),
  ]),
  [
    "abs/0",
    (input) => {
      if (!isNumber(input)) throw new FilterError(`${shown(input)} has no absolute value`);
      return asDouble(input) < 0 ? negate(input) : input;
    },
  ],
  ["pow/2", (_input, base = null, exponent = null) => number(base, "pow") ** number(exponent, "pow")],
  ["atan2/2", (_input, y = null, x = null) => Math.atan2(number(y, "atan2"), number(x, "atan2"))],
  ["fmin/2", (_input, a = null, b = null) => Math.min(number(a, "fmin"), number(b, "fmin"))],
  ["fmax/2", (_input, a = null, b = null) => Math.max(number(a, "fmax"), number(b, "fmax"))],
];

function number(value: Value, name: string): number {
  if (!isNumber(value)) throw new FilterError(`${shown(value)} number required by ${name}`);
  return asDouble(value);
}
