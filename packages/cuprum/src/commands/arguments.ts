import { CuprumError } from "../cuprum-error.ts";
import { Secret } from "./secret.ts";

/** One value: of an option, or alone. */
export type OptionValue = string | number | bigint | Secret;

/**
 * Named options, in the order in which they stand (JavaScript puts names that are digits first): `{ short: true, maxCount: 3,
 * e: ["a", "b"] }` becomes `--short --max-count=3 -e a -e b`. Capitals and `_` become `-`, but a name with a `-` is taken
 * as it is. `false` and `undefined` leave an option out; `null` is refused.
 */
export interface Options {
  readonly [name: string]: boolean | OptionValue | readonly OptionValue[] | undefined;
}

/** Arguments that are no options, whatever they begin with. */
export class Operands {
  readonly values: readonly OptionValue[];

  constructor(values: readonly OptionValue[]) {
    this.values = values;
  }
}

/**
 * File names and other data from outside: they come after a `--` where the program takes one, and are refused when they
 * begin with a dash where it does not.
 */
export function operands(...values: readonly OptionValue[]): Operands {
  return new Operands(values);
}

/** What a command is built from. A string is passed on as it is. */
export type Argument = OptionValue | Operands | Options;

export interface BuiltArguments {
  readonly args: readonly string[];
  /** The texts of the arguments that must not be shown. */
  readonly secrets: readonly string[];
}

/**
 * Turns arguments into the texts that a program gets. `endOfOptions`: whether it takes `--`, which comes once, before the
 * first operands.
 *
 * @throws CuprumError `INVALID_ARGUMENT` for null, NaN, what no program can be given (a NUL character, half of a surrogate
 * pair), an option's name that is none, or an option that would stand behind `--`
 */
export function buildArguments(given: readonly Argument[], endOfOptions = true): BuiltArguments {
  const args: string[] = [];
  const secrets: string[] = [];
  let hasEnded = false;
  const text = (value: unknown, where: string): string => {
    if (value instanceof Secret) secrets.push(value.reveal());
    return textOf(value, where);
  };
  for (const [index, argument] of given.entries()) {
    const where = `argument ${index + 1}`;
    if (argument instanceof Operands) {
      if (endOfOptions && !hasEnded) args.push("--");
      hasEnded = true;
      for (const value of argument.values) {
        const operand = text(value, where);
        if (!endOfOptions) refuseDash(operand, value, where);
        args.push(operand);
      }
    } else if (typeof argument === "object" && argument !== null && !(argument instanceof Secret)) {
      for (const [name, value] of optionsOf(argument, where)) {
        const flag = flagOf(name);
        if (hasEnded && endOfOptions) {
          throw refused(`option ${name} stands behind operands, where it would be one; put it before them`);
        }
        if (value === true) args.push(flag);
        else if (flag.startsWith("--")) args.push(`${flag}=${text(value, `option ${name}`)}`);
        else args.push(flag, text(value, `option ${name}`));
      }
    } else args.push(text(argument, where));
  }
  return { args: Object.freeze(args), secrets: Object.freeze(secrets) };
}

function* optionsOf(options: Options, where: string): Generator<readonly [string, unknown]> {
  if (Array.isArray(options)) throw refused(`${where} is a list; spread it: ...list`);
  const prototype: unknown = Object.getPrototypeOf(options);
  if (prototype !== Object.prototype && prototype !== null) {
    throw refused(`${where} is neither text nor a plain object of options`);
  }
  for (const [name, value] of Object.entries(options) as [string, unknown][]) {
    if (value === undefined || value === false) continue;
    if (!Array.isArray(value)) yield [name, value];
    else for (const one of value as unknown[]) yield [name, one];
  }
}

function flagOf(name: string): string {
  if (!/^(?:[A-Za-z0-9]|[a-z0-9][A-Za-z0-9_-]+|[A-Z][A-Za-z0-9]*-[A-Za-z0-9_-]*)$/.test(name)) {
    throw refused(
      `${JSON.stringify(name)} is no option's name; letters, digits, - and _ make one, a small letter first (or give the text)`,
    );
  }
  if (name.length === 1) return `-${name}`;
  if (name.includes("-")) return `--${name}`;
  return `--${name.replaceAll("_", "-").replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

function textOf(value: unknown, where: string): string {
  if (value instanceof Secret) return textOf(value.reveal(), where);
  if (typeof value === "bigint") return String(value);
  if (typeof value === "number" && Number.isFinite(value)) return String(value);
  if (typeof value !== "string") {
    const shown = typeof value === "object" && value !== null ? "an object" : String(value);
    throw refused(`${where} is ${shown}; an argument is text, a number or options`);
  }
  if (value.includes("\0")) throw refused(`${where} has a NUL character; no program can be given one`);
  if (HALF_PAIR.test(value)) throw refused(`${where} has half of a surrogate pair, which has no bytes in UTF-8`);
  return value;
}

/** What Node.js would turn into U+FFFD without a word. */
const HALF_PAIR = /\p{Surrogate}/u;

function refuseDash(operand: string, given: OptionValue, where: string): void {
  if (operand.startsWith("-")) {
    const shown = given instanceof Secret ? String(given) : JSON.stringify(operand);
    throw refused(`${where}, ${shown}, would be taken for an option; write ./ in front of a file's name`);
  }
}

function refused(message: string): CuprumError {
  return new CuprumError("INVALID_ARGUMENT", message);
}
