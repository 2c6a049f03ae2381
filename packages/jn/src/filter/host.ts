import { FilterError } from "./value/filter-error.ts";
import type { Value } from "./value/value.ts";

/** What a filter can ask of the program that it runs in. */
export interface FilterHost {
  /** The next record, or undefined after the last one. */
  readonly nextInput: () => Value | undefined;
  /** The name of the file that the current record is from, or null. */
  readonly inputFilename: () => Value;
  /** How many lines of it have been read. */
  readonly inputLineNumber: () => number;
  /** Prints a message to standard error. */
  readonly printMessage: (text: string) => void;
  /** What a module says about itself. */
  readonly moduleMeta: (name: string) => Value;
  /** Where modules are searched for. */
  readonly searchList: readonly string[];
}

/** A host without records, whose messages go nowhere. */
export const SILENT_HOST: FilterHost = {
  nextInput: () => undefined,
  inputFilename: () => null,
  inputLineNumber: () => 0,
  printMessage: () => undefined,
  moduleMeta: (name) => {
    throw new FilterError(`module not found: ${name}`);
  },
  searchList: [],
};

/** Thrown by `halt` and `halt_error`: the program ends, with what was printed before. */
export class FilterHalt extends Error {
  override readonly name = "FilterHalt";
  readonly exitCode: number;
  /** What is printed to standard error, as it is. */
  readonly text: string;

  constructor(exitCode: number, text: string) {
    super("halt");
    this.exitCode = exitCode;
    this.text = text;
  }
}

/** The next record, where there must be one. */
export function requiredInput(host: FilterHost): Value {
  const value = host.nextInput();
  // The message is jq's; it is what programs look for at the end of the input.
  if (value === undefined) throw new FilterError("break");
  return value;
}
