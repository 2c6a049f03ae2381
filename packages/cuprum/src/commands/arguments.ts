import { CuprumError } from "../cuprum-error.ts";
import { Secret } from "./secret.ts";

/** One value of an option. */
export type OptionValue = string | number | bigint | Secret;

/**
 * Named options, in the order in which they stand: `{ short: true, maxCount: 3, e: ["a", "b"] }` becomes
 * `--short --max-count=3 -e a -e b`. `false` and `undefined` leave an option out; `null` is refused.
 */
export interface Options {
  readonly [name: string]: boolean | OptionValue | readonly OptionValue[] | undefined;
}

/** Arguments that are no options, whatever they begin with. */
export class Operands {
  readonly values: readonly (string | number | bigint | Secret)[];

  constructor(values: readonly (string | number | bigint | Secret)[]) {
    this.values = values;
  }
}

/**
 * File names and other data from outside: they come after a `--` where the program takes one, and are refused when they
 * begin with a dash where it does not.
 */
export function operands(...values: readonly (string | number | bigint | Secret)[]): Operands {
  return new Operands(values);
}

/** What a command is built from. A string is passed on as it is. */
export type Argument = string | number | bigint | Secret | Operands | Options;

export interface BuiltArguments {
  readonly args: readonly string[];
  /** The texts of the arguments that must not be shown. */
  readonly secrets: readonly string[];
}

/**
 * Turns arguments into the texts that a program gets. `endOfOptions`: whether it takes `--`.
 *
 * @throws CuprumError `INVALID_ARGUMENT` for null, NaN, a NUL character, an option's name that is none
 */
export function buildArguments(given: readonly Argument[], endOfOptions = true): BuiltArguments {
  const args: string[] = [];
  const secrets: string[] = [];
  const text = (value: unknown, where: string): string => {
    if (value instanceof Secret) secrets.push(value.reveal());
    return textOf(value, where);
  };
  for (const [index, argument] of given.entries()) {
    const where = `argument ${index + 1}`;
    if (argument instanceof Operands) {
      const texts = argument.values.map((value) => text(value, where));
      if (endOfOptions) args.push("--");
      else for (const operand of texts) refuseDash(operand, where);
      args.push(...texts);
    } else if (typeof argument === "object" && argument !== null && !(argument instanceof Secret)) {
      for (const [name, value] of optionsOf(argument, where)) {
        const flag = flagOf(name);
        if (value === true) args.push(flag);
        else if (flag.startsWith("--")) {
          const given = text(value, `option ${name}`);
          if (value instanceof Secret) secrets.push(`${flag}=${given}`);
          args.push(`${flag}=${given}`);
        } else args.push(flag, text(value, `option ${name}`));
      }
    } else args.push(text(argument, where));
  }
  return { args, secrets };
}

function* optionsOf(options: Options, where: string): Generator<readonly [string, unknown]> {
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
  if (!/^[A-Za-z0-9][A-Za-z0-9_-]*$/.test(name)) {
    throw refused(`${JSON.stringify(name)} is no option's name; letters, digits, - and _ make one`);
  }
  if (name.length === 1) return `-${name}`;
  return `--${name.replaceAll("_", "-").replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

function textOf(value: unknown, where: string): string {
  if (value instanceof Secret) return textOf(value.reveal(), where);
  if (typeof value === "bigint") return String(value);
  if (typeof value === "number" && Number.isFinite(value)) return String(value);
  if (typeof value !== "string") {
    throw refused(`${where} is ${String(value)}; an argument is text, a number or options`);
  }
  if (value.includes("\0")) throw refused(`${where} has a NUL character; no program can be given one`);
  return value;
}

function refuseDash(operand: string, where: string): void {
  if (operand.startsWith("-")) {
    throw refused(
      `${where}, ${JSON.stringify(operand)}, would be taken for an option; write ./ in front of a file's name`,
    );
  }
}

function refused(message: string): CuprumError {
  return new CuprumError("INVALID_ARGUMENT", message);
}
