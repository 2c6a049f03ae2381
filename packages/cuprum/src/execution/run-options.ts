import { CuprumError } from "../cuprum-error.ts";
import type { Observer } from "../events/event.ts";
import type { EnvironmentChanges } from "../scopes/environment.ts";
import type { BackendRequest } from "../streams/backend-choice.ts";
import type { Chunks } from "../streams/feed.ts";
import type { Sink } from "../streams/sink.ts";

/**
 * What the first stage reads: nothing (`ignore`), what we read (`inherit`), a text (`{ text }`), bytes, a stream or any
 * iterable of chunks, a file, or a descriptor that stays open.
 */
export type StdinSource =
  | "ignore"
  | "inherit"
  | { readonly text: string }
  | { readonly file: string }
  | { readonly fd: number }
  | Uint8Array
  | Chunks;

/**
 * Where the last stage's output goes: into the result as `text` or `bytes`, nowhere, where ours goes, to a descriptor that
 * stays open, to a file. A file appears complete when everything went well, and not at all otherwise; with `append` the
 * output goes to the end of the existing one as it comes.
 */
export type StdoutTarget =
  | "text"
  | "bytes"
  | "ignore"
  | "inherit"
  | { readonly file: string; readonly append?: boolean | undefined }
  | { readonly fd: number };

/** Where each stage's standard error goes: its last bytes into the result, nowhere, where ours goes, into its output. */
export type StderrTarget = "capture" | "ignore" | "inherit" | "stdout";

/** What holds for every way of running. */
export interface ExecutionOptions {
  /** Default `ignore`. */
  readonly stdin?: StdinSource | undefined;
  /** Default `capture`. */
  readonly stderr?: StderrTarget | undefined;
  /** The last bytes of each standard error that are kept. Default 64 KiB. */
  readonly maxStderrBytes?: number | undefined;
  /** The current folder of every stage that has none of its own. */
  readonly cwd?: string | undefined;
  /** Changes to the environment, after those of scopes and before those of a command. */
  readonly env?: EnvironmentChanges | undefined;
  /** Milliseconds for the whole; zero or less is over already. Default: that of the innermost scope that has one. */
  readonly timeoutMs?: number | undefined;
  /** Milliseconds from SIGTERM to SIGKILL. Default 500. */
  readonly graceMs?: number | undefined;
  /** Milliseconds of silence after the end of a command until an output that something else still holds is let go. Default 500. */
  readonly lingerMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Whether a stage that fails stops the others. Default true. */
  readonly failFast?: boolean | undefined;
  /** The stream backend for tapped hops. Default: what `CUPRUM_STREAM_BACKEND` says. */
  readonly backend?: BackendRequest | undefined;
  /** Count the bytes of every hop, which taps it. Default false. */
  readonly countBytes?: boolean | undefined;
  /** Copies of the last stage's output, and of every stage's standard error, while it comes. */
  readonly echo?: { readonly stdout?: Sink | undefined; readonly stderr?: Sink | undefined } | undefined;
  readonly observers?: readonly Observer[] | undefined;
  readonly tags?: Readonly<Record<string, string>> | undefined;
}

export interface RunOptions extends ExecutionOptions {
  /** Default `text`. */
  readonly stdout?: StdoutTarget | undefined;
  /** Bytes of captured output that are kept; what follows is counted, not kept. Default 16 MiB. */
  readonly maxCaptureBytes?: number | undefined;
  /** A label of the encoding standard for `text`. Default `utf-8`; a byte order mark stays. */
  readonly encoding?: string | undefined;
  /** Throw when the output is not valid in its encoding, instead of U+FFFD. Default false. */
  readonly fatal?: boolean | undefined;
  /** Throw when it did not end well, or when the output was truncated. Default false. */
  readonly check?: boolean | undefined;
}

export interface StreamOptions extends ExecutionOptions {
  /** Throw after the last item when it did not end well: else the end of the output says nothing. Default true. */
  readonly check?: boolean | undefined;
}

/** What `run` captures, by its option `stdout`. */
export type Captured<Options extends RunOptions> = Options extends { readonly stdout: infer Target }
  ? CapturedBy<Target>
  : string;

type CapturedBy<Target> = Target extends "bytes" ? Uint8Array : Target extends "text" | undefined ? string : null;

/** The limits of `RunOptions`, in bytes and milliseconds. */
export const LIMITS: readonly ["maxCaptureBytes", "maxStderrBytes", "graceMs", "lingerMs"] = [
  "maxCaptureBytes",
  "maxStderrBytes",
  "graceMs",
  "lingerMs",
];
type Limit = (typeof LIMITS)[number];

/** No timer lasts longer, in milliseconds, and no text has more bytes. */
const MAX_LIMIT = 0x7fff_ffff;

const DEFAULTS: Readonly<Record<Limit, number>> = {
  maxCaptureBytes: 16 * 1024 * 1024,
  maxStderrBytes: 64 * 1024,
  graceMs: 500,
  lingerMs: 500,
};

/** @throws CuprumError `INVALID_OPTION` for an unknown encoding */
export function decoderOf({ encoding = "utf-8", fatal = false }: RunOptions): InstanceType<typeof TextDecoder> {
  try {
    return new TextDecoder(encoding, { fatal, ignoreBOM: true });
  } catch (error) {
    throw new CuprumError("INVALID_OPTION", `encoding ${JSON.stringify(encoding)} is not known`, { cause: error });
  }
}

/** @throws CuprumError `INVALID_OPTION` for a limit that is no number, negative, or too large */
export function limitOf(options: RunOptions, name: Limit): number {
  const value = options[name] ?? DEFAULTS[name];
  if (typeof value === "number" && value >= 0 && value <= MAX_LIMIT) return value;
  throw new CuprumError("INVALID_OPTION", `${name} is ${String(value)}; it is a number from 0 to ${MAX_LIMIT}`);
}
