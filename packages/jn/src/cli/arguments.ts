import { usageError } from "../jn-error.ts";
import { didYouMean } from "../text/suggestion.ts";
import type { FlagSpec } from "./command.ts";

/** The flags of a command line. */
export class Flags {
  readonly #values: ReadonlyMap<string, readonly (readonly string[])[]>;

  constructor(values: ReadonlyMap<string, readonly (readonly string[])[]>) {
    this.#values = values;
  }

  /** The flags that were given. */
  names(): Iterable<string> {
    return this.#values.keys();
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  /** The value of a flag that takes one; the last one if it was repeated. */
  text(name: string): string | undefined {
    return this.#values.get(name)?.at(-1)?.[0];
  }

  /** Every occurrence of a flag, with its values. */
  all(name: string): readonly (readonly string[])[] {
    return this.#values.get(name) ?? [];
  }

  /**
   * A whole number, 0 or more; `K`, `M` and `G` multiply by 1024 and its powers.
   *
   * @throws JnError `USAGE`
   */
  count(name: string, fallback: number): number {
    const text = this.text(name);
    if (text === undefined) return fallback;
    const [, digits, unit = ""] = /^(\d{1,15})([KMG])?(?:i?B)?$/i.exec(text) ?? [];
    if (digits === undefined) throw usageError(`--${name} needs a whole number such as 10 or 64M, not '${text}'`);
    return Number(digits) * 1024 ** ["", "K", "M", "G"].indexOf(unit.toUpperCase());
  }
}

export interface ParsedArguments {
  readonly flags: Flags;
  readonly positionals: readonly string[];
}

/**
 * Sorts arguments into flags and the rest: `--lines 5`, `--lines=5`, `-n 5`, `-n5`, `-n=5`, `-rn`; `--` ends the flags. A lone `-`
 * and addresses that begin with `-~`, `-?` or `-:` are no flags.
 *
 * @param namesProgram whether what follows the first argument that is no flag is left as it is
 * @throws JnError `USAGE` for an unknown flag, with a suggestion, and for missing or surplus values
 */
export function parseArguments(
  args: readonly string[],
  specs: readonly FlagSpec[],
  namesProgram = false,
): ParsedArguments {
  const values = new Map<string, (readonly string[])[]>();
  const positionals: string[] = [];
  const rest = [...args];
  for (let at = 0; at < rest.length; at++) {
    const argument = rest[at]!;
    if (argument === "--") {
      positionals.push(...rest.slice(at + 1));
      break;
    }
    if (!argument.startsWith("-") || /^-(?:$|[~?:])/.test(argument)) {
      positionals.push(argument);
      if (namesProgram) {
        positionals.push(...rest.slice(at + 1));
        break;
      }
      continue;
    }
    const { spec, shown, attached } = findFlag(argument, specs);
    const wanted = spec.values?.length ?? 0;
    if (wanted === 0 && attached !== undefined && /^-[^-][^=]/.test(argument)) {
      // Switches can share a dash: -rn is -r -n.
      values.set(spec.name, [...(values.get(spec.name) ?? []), []]);
      rest.splice(at + 1, 0, `-${attached}`);
      continue;
    }
    if (wanted === 0 && attached !== undefined) throw usageError(`${shown} takes no value, but got '${attached}'`);
    const given = attached === undefined ? [] : [attached];
    while (given.length < wanted && at + 1 < rest.length) given.push(rest[++at]!);
    if (given.length < wanted) throw usageError(`${shown} needs ${spec.values!.join(" ")}`);
    const before = values.get(spec.name) ?? [];
    if (before.length > 0 && spec.repeatable !== true && wanted > 0) throw usageError(`${shown} is there twice`);
    values.set(spec.name, [...before, given]);
  }
  return { flags: new Flags(values), positionals };
}

function findFlag(
  argument: string,
  specs: readonly FlagSpec[],
): { readonly spec: FlagSpec; readonly shown: string; readonly attached: string | undefined } {
  if (argument.startsWith("--")) {
    const equals = argument.indexOf("=");
    const name = equals < 0 ? argument.slice(2) : argument.slice(2, equals);
    const spec = specs.find((candidate) => candidate.name === name);
    if (spec === undefined) {
      const names = specs.map((candidate) => `--${candidate.name}`);
      throw usageError(`there is no flag --${name}${didYouMean(`--${name}`, names)}`);
    }
    return { spec, shown: `--${name}`, attached: equals < 0 ? undefined : argument.slice(equals + 1) };
  }
  const spec = specs.find((candidate) => candidate.short === argument[1]);
  if (spec === undefined) {
    const known = specs.flatMap((candidate) => (candidate.short === undefined ? [] : [`-${candidate.short}`]));
    throw usageError(`there is no flag ${argument.slice(0, 2)}; there are: ${known.join(", ")}`);
  }
  const rest = argument.slice(2);
  if (rest === "") return { spec, shown: argument, attached: undefined };
  return { spec, shown: argument.slice(0, 2), attached: rest.startsWith("=") ? rest.slice(1) : rest };
}
