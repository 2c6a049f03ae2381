import { FilterError } from "../value/filter-error.ts";
import { shown } from "../value/shown.ts";
import {
  besselJ,
  besselY,
  erf,
  erfc,
  frexp,
  gamma,
  ldexp,
  logGamma,
  nextAfter,
  remainder,
  roundToEven,
  signOfGamma,
} from "../value/special-functions.ts";
import { asDouble, compareValues, isNumber, type Value } from "../value/value.ts";
import { negate } from "../value/arithmetic.ts";
import type { NativeBuiltin } from "./native.ts";

const OF_ONE: Readonly<Record<string, (x: number) => Value>> = {
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
  exp2: (x) => 2 ** x,
  exp10: (x) => 10 ** x,
  expm1: Math.expm1,
  log: Math.log,
  log2: Math.log2,
  log10: Math.log10,
  log1p: Math.log1p,
  cbrt: Math.cbrt,
  round: (x) => Math.sign(x) * Math.round(Math.abs(x)),
  rint: roundToEven,
  nearbyint: roundToEven,
  frexp: (x) => frexp(x),
  modf: (x) => (Number.isFinite(x) ? [x - Math.trunc(x), Math.trunc(x)] : [x > 0 ? 0 : -0, x]),
  logb: (x) => (x === 0 ? Number.NEGATIVE_INFINITY : Number.isFinite(x) ? frexp(x)[1] - 1 : Math.abs(x)),
  significand: (x) => (x === 0 || !Number.isFinite(x) ? x : frexp(x)[0] * 2),
  gamma: logGamma,
  lgamma: logGamma,
  lgamma_r: (x) => [logGamma(x), signOfGamma(x)],
  tgamma: gamma,
  erf,
  erfc,
  j0: (x) => besselJ(0, x),
  j1: (x) => besselJ(1, x),
  y0: (x) => besselY(0, x),
  y1: (x) => besselY(1, x),
};

const OF_TWO: Readonly<Record<string, (x: number, y: number) => number>> = {
  // C's pow gives 1 where JavaScript's has no number.
  pow: (x, y) => (x === 1 || (x === -1 && !Number.isFinite(y) && !Number.isNaN(y)) ? 1 : x ** y),
  atan2: Math.atan2,
  fmin: (x, y) => (Number.isNaN(x) ? y : Number.isNaN(y) ? x : Math.min(x, y)),
  fmax: (x, y) => (Number.isNaN(x) ? y : Number.isNaN(y) ? x : Math.max(x, y)),
  fmod: (x, y) => x % y,
  fdim: (x, y) => (x > y ? x - y : Number.isNaN(x) || Number.isNaN(y) ? Number.NaN : 0),
  hypot: Math.hypot,
  copysign: (x, y) => (y < 0 || Object.is(y, -0) ? -Math.abs(x) : Math.abs(x)),
  drem: remainder,
  remainder,
  ldexp,
  scalb: ldexp,
  scalbln: ldexp,
  nextafter: nextAfter,
  nexttoward: nextAfter,
  jn: (order, x) => besselJ(Math.trunc(order), x),
  yn: (order, x) => besselY(Math.trunc(order), x),
};

/** The mathematics of C's math.h. Functions of two and three numbers do not look at their input. */
export const mathBuiltins: readonly (readonly [string, NativeBuiltin])[] = [
  ...Object.entries(OF_ONE).map(([name, calculate]): readonly [string, NativeBuiltin] => [
    `${name}/0`,
    (input) => calculate(number(input)),
  ]),
  ...Object.entries(OF_TWO).map(([name, calculate]): readonly [string, NativeBuiltin] => [
    `${name}/2`,
    (_input, x = null, y = null) => calculate(number(x), number(y)),
  ]),
  ["fma/3", (_input, x = null, y = null, z = null) => number(x) * number(y) + number(z)],
  ["abs/0", (input) => (compareValues(input, 0) < 0 ? negate(input) : input)],
];

function number(value: Value): number {
  if (!isNumber(value)) throw new FilterError(`${shown(value)} number required`);
  return asDouble(value);
}
