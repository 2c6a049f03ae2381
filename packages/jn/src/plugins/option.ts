import { usageError } from "../jn-error.ts";
import { didYouMean } from "../text/suggestion.ts";

/** One `?name=value` option, as data: the parser, the help and the reference page are made from it. */
export interface OptionSpec {
  readonly name: string;
  readonly kind: "text" | "count" | "boolean" | "list" | "choice";
  /** The modes in which it counts; default: all. */
  readonly modes?: readonly ("read" | "write" | "raw" | "profiles")[];
  /** For `choice`: the values. */
  readonly choices?: readonly string[];
  readonly help: string;
}

/** The options of one address, checked against their specs. */
export class OptionValues {
  readonly #values: ReadonlyMap<string, string>;

  /**
   * @param where how messages call the address
   * @throws JnError `USAGE` for a name that there is not, or a value that does not fit
   */
  constructor(values: ReadonlyMap<string, string>, specs: readonly OptionSpec[], where: string) {
    const names = specs.map((spec) => spec.name);
    for (const [name, value] of values) {
      const spec = specs.find((candidate) => candidate.name === name);
      if (spec === undefined) {
        throw usageError(
          `${where}: there is no option '${name}' here${didYouMean(name, names)}; there are: ${names.join(", ")}`,
        );
      }
      const problem = problemWith(spec, value);
      if (problem !== undefined) throw usageError(`${where}: ?${name}= ${problem}, not '${value}'`);
    }
    this.#values = values;
  }

  text(name: string): string | undefined {
    return this.#values.get(name);
  }

  count(name: string): number | undefined {
    const value = this.#values.get(name);
    return value === undefined ? undefined : Number(value);
  }

  boolean(name: string): boolean | undefined {
    const value = this.#values.get(name);
    return value === undefined ? undefined : value === "" || TRUE.has(value);
  }

  /** All of them, as they were given. */
  entries(): IterableIterator<[string, string]> {
    return this.#values.entries();
  }

  list(name: string): readonly string[] | undefined {
    return this.#values.get(name)?.split(",");
  }
}

function problemWith(spec: OptionSpec, value: string): string | undefined {
  switch (spec.kind) {
    case "text":
      return value === "" ? "needs a value" : undefined;
    case "count":
      return /^\d{1,9}$/.test(value) ? undefined : "needs a whole number";
    case "boolean":
      return value === "" || TRUE.has(value) || FALSE.has(value) ? undefined : "is true or false";
    case "list":
      return value === "" ? "needs names with commas between them" : undefined;
    case "choice":
      return spec.choices?.includes(value) === true ? undefined : `is one of ${spec.choices?.join(", ")}`;
  }
}

const TRUE: ReadonlySet<string> = new Set(["true", "yes", "1", "on"]);
const FALSE: ReadonlySet<string> = new Set(["false", "no", "0", "off"]);
