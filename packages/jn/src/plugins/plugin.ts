import type { Transcoder } from "@jn/wire";
import type { BadRecords } from "../bad-records/bad-records.ts";
import type { OptionSpec, OptionValues } from "./option.ts";

/** What a plugin is for: records in a file's bytes, compressed bytes, or bytes from elsewhere. */
export type Role = "format" | "codec" | "protocol";

/** What a plugin can do: bytes to records (or unpacked bytes), the other way round, an address to bytes, name its profiles. */
export type Mode = "read" | "write" | "raw" | "profiles";

/**
 * What is known of everything that reads or writes, built in or external.
 *
 * `matches` are patterns with `*`: of file names (`*.csv`), of addresses (`https://*`), or media types (`text/csv`).
 */
export interface Manifest {
  readonly name: string;
  readonly role: Role;
  readonly matches: readonly string[];
  readonly modes: readonly Mode[];
  readonly options: readonly OptionSpec[];
  readonly summary: string;
  /** What it holds in memory when it is not one record; undefined: it streams. */
  readonly holds?: string;
}

/** What a reader or writer is told besides its options. */
export interface PluginContext {
  /** How messages call the source or destination. */
  readonly name: string;
  /** Longest record accepted, in bytes. */
  readonly maxRecordBytes: number;
  /** Prints a warning. */
  readonly warn: (message: string) => void;
  /** Takes records that are none; undefined: they are errors. */
  readonly bad?: BadRecords | undefined;
  /** Header fields for requests. */
  readonly headers?: readonly (readonly [name: string, value: string])[] | undefined;
}

/** Bytes on their way. `path` is there when they are all bytes of this local file, for who needs to jump in it. */
export type Bytes = AsyncIterable<Buffer> & { readonly path?: string };

/** Bytes in, bytes out, where a `Transcoder` will not do: codecs, other programs, libraries that wait. */
export type ByteStage = (input: Bytes) => AsyncIterable<Buffer>;

/** Readers and writers of formats: NDJSON on the other side. `open` loads the code: only what is used is loaded. */
export interface FormatPlugin extends Manifest {
  readonly role: "format";
  /** Whether files of it are NDJSON already: then a stage that checks its records can read them itself. */
  readonly isNdjson?: boolean;
  /** The option that `~name.value` sets. */
  readonly variant?: string;
  readonly read?: (options: OptionValues, context: PluginContext) => Promise<Transcoder | ByteStage>;
  readonly write?: (options: OptionValues, context: PluginContext) => Promise<Transcoder | ByteStage>;
}

/** Compressed bytes. */
export interface CodecPlugin extends Manifest {
  readonly role: "codec";
  readonly decode?: (options: OptionValues, context: PluginContext) => Promise<ByteStage>;
  readonly encode?: (options: OptionValues, context: PluginContext) => Promise<ByteStage>;
}

/** What a source that is no file knows of its bytes, when it is open. */
export interface OpenedSource {
  readonly bytes: AsyncIterable<Buffer>;
  /** As HTTP names it, without parameters: `text/csv`. */
  readonly mediaType?: string | undefined;
  /** Where the records go on, if they do. */
  readonly next?: string | undefined;
  /** Nobody wants more of it. */
  close(): void;
}

/** Bytes from elsewhere. */
export interface ProtocolPlugin extends Manifest {
  readonly role: "protocol";
  readonly open: (address: string, options: OptionValues, context: PluginContext) => Promise<OpenedSource>;
}

export type Plugin = FormatPlugin | CodecPlugin | ProtocolPlugin;

/** The options of a plugin that count in this mode. */
export function optionsFor(manifest: Manifest, mode: Mode): readonly OptionSpec[] {
  return manifest.options.filter((option) => option.modes === undefined || option.modes.includes(mode));
}
