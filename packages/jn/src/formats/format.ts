import type { Transcoder } from "@jn/wire";
import type { OptionSpec, OptionValues } from "./option.ts";

/** What a reader or writer is told besides its options. */
export interface FormatContext {
  /** How messages call the source or destination. */
  readonly name: string;
  /** Longest record accepted, in bytes. */
  readonly maxRecordBytes: number;
  /** Prints a warning. */
  readonly warn: (message: string) => void;
}

/** One direction of a format. `open` loads the code: only formats that are used are loaded. */
export interface FormatSide {
  readonly options: readonly OptionSpec[];
  open(options: OptionValues, context: FormatContext): Promise<Transcoder>;
}

/** A format: how files of it are recognised, how records are read from it and written to it. */
export interface Format {
  readonly name: string;
  readonly summary: string;
  /** File name extensions, without the dot, lower case. */
  readonly extensions: readonly string[];
  /** Whether files of it are NDJSON already: then a stage that checks its records can read them itself. */
  readonly isNdjson?: boolean;
  readonly read?: FormatSide;
  readonly write?: FormatSide;
}
