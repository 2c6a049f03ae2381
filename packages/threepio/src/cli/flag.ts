import { didYouMean } from "@jn/wire";
import { usageError } from "../threepio-error.ts";

/** One flag, as data: the parser and the help are made from it. */
export interface FlagSpec {
  /** The long name, without dashes. */
  readonly name: string;
  /** The short name, one letter. */
  readonly short?: string;
  /** What its value is called in the help. Default: none, the flag is a switch. */
  readonly value?: string;
  /** The only values it takes. */
  readonly values?: readonly string[];
  readonly help: string;
}

/** The flag of every command that starts tests. */
export const RUNNER_FLAG: FlagSpec = {
  name: "runner",
  value: "NAME",
  help: "take this runner instead of recognising it; see 3pio --help",
};

/** The flag of every command that can name a test instead of a run. */
export const RUN_FLAG: FlagSpec = { name: "run", value: "RUN", help: "of this run (latest)" };

/** The flags of a command line, by long name; a switch has the value "". */
export type Flags = ReadonlyMap<string, string>;

export interface ParsedArguments {
  readonly flags: Flags;
  readonly rest: readonly string[];
}

/**
 * Takes the flags from the beginning of the arguments; the rest begins with the first argument that is no flag, or after
 * `--`, and is left as it is.
 *
 * @param isAnywhere flags may also stand behind other arguments: what follows is no test command
 * @throws ThreepioError `USAGE` for an unknown flag, with a suggestion, and for missing or wrong values
 */
export function parseFlags(args: readonly string[], specs: readonly FlagSpec[], isAnywhere: boolean): ParsedArguments {
  const flags = new Map<string, string>();
  const others: string[] = [];
  for (let at = 0; at < args.length; at++) {
    const argument = args[at]!;
    if (argument === "--") return { flags, rest: [...others, ...args.slice(at + 1)] };
    if (!argument.startsWith("-") || argument === "-") {
      if (!isAnywhere) return { flags, rest: args.slice(at) };
      others.push(argument);
      continue;
    }
    const [shown, attached] = split(argument);
    const spec = specs.find(
      ({ name, short }) => shown === `--${name}` || (short !== undefined && shown === `-${short}`),
    );
    if (spec === undefined) {
      const names = specs.map(({ name }) => `--${name}`);
      const where = isAnywhere ? "" : "; the test command comes after 3pio's own flags";
      throw usageError(`there is no flag ${shown}${didYouMean(shown, names)}${where}`);
    }
    if (spec.value === undefined && attached !== undefined) throw usageError(`${shown} takes no value`);
    const value = spec.value === undefined ? "" : (attached ?? args[++at]);
    if (value === undefined) throw usageError(`${shown} needs ${spec.value}`);
    if (spec.values !== undefined && !spec.values.includes(value)) {
      throw usageError(`${shown} is one of ${spec.values.join(", ")}, not '${value}'`);
    }
    flags.set(spec.name, value);
  }
  return { flags, rest: others };
}

/** How a flag is written: `-n, --name VALUE`. */
export function flagUsage({ name, short, value }: FlagSpec): string {
  return `${short === undefined ? "    " : `-${short}, `}--${name}${value === undefined ? "" : ` ${value}`}`;
}

function split(argument: string): readonly [shown: string, attached: string | undefined] {
  const equals = argument.indexOf("=");
  return equals < 0 ? [argument, undefined] : [argument.slice(0, equals), argument.slice(equals + 1)];
}
