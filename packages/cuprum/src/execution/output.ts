import { closeSync, openSync } from "node:fs";
import { AtomicFile, ioError, writeDescriptor } from "@jn/wire";
import { Capture } from "../streams/capture.ts";
import { fileFault } from "./file-fault.ts";
import { decoderOf, limitOf, type RunOptions } from "./run-options.ts";

/** Who takes the last stage's output, when it is not one of `RunOptions`: an iterator over it. */
export interface OutputReader {
  readonly onChunk?: (chunk: Uint8Array) => Promise<void>;
  readonly onLines?: (lines: readonly string[]) => Promise<void>;
}

/** The last stage's output: where it goes, and what becomes of it at the end. */
export interface Output {
  /** What the stage may be given directly; undefined when its bytes have to pass through us. */
  readonly stream: number | "ignore" | "inherit" | undefined;
  /** Takes a chunk that passes through us. */
  readonly push: (chunk: Uint8Array) => void | Promise<void>;
  /** Puts a file in its place, or throws it away. */
  readonly finish: (isWell: boolean) => void;
  readonly value: () => string | Uint8Array | null;
  readonly isTruncated: () => boolean;
}

/**
 * Opens the target.
 *
 * @throws CuprumError `INVALID_OPTION`; `IO` when a file cannot be opened
 */
export function openOutput(options: RunOptions, reader: OutputReader | undefined): Output {
  if (reader !== undefined) return { ...NOWHERE, stream: undefined, push: (chunk) => reader.onChunk?.(chunk) };
  const { stdout = "text" } = options;
  if (stdout === "text" || stdout === "bytes") return captured(options, stdout);
  if (stdout === "ignore" || stdout === "inherit") {
    return { ...NOWHERE, stream: stdout, push: stdout === "ignore" ? () => {} : writerTo(1) };
  }
  if ("fd" in stdout) return { ...NOWHERE, stream: stdout.fd, push: writerTo(stdout.fd) };
  return toFile(stdout.file, stdout.append === true);
}

const NOWHERE = { finish: () => {}, value: () => null, isTruncated: () => false };

function captured(options: RunOptions, kind: "text" | "bytes"): Output {
  const capture = new Capture(limitOf(options, "maxCaptureBytes"));
  const decoder = kind === "text" ? decoderOf(options) : undefined;
  return {
    ...NOWHERE,
    stream: undefined,
    push: (chunk) => capture.push(chunk),
    // Decoded once, as a whole: where it was cut into chunks cannot matter.
    value: () =>
      decoder === undefined ? capture.bytes() : decoder.decode(capture.bytes(), { stream: capture.isTruncated }),
    isTruncated: () => capture.isTruncated,
  };
}

function toFile(path: string, append: boolean): Output {
  if (!append) {
    const file = openAtomic(path);
    const finish = (isWell: boolean): void => (isWell ? file.commit() : file.discard());
    return { ...NOWHERE, stream: file.fd, push: writerTo(file.fd), finish };
  }
  const fd = openAppending(path);
  return { ...NOWHERE, stream: fd, push: writerTo(fd), finish: () => closeSync(fd) };
}

function openAtomic(path: string): AtomicFile {
  try {
    return AtomicFile.open(path);
  } catch (error) {
    throw fileFault(error);
  }
}

function openAppending(path: string): number {
  try {
    return openSync(path, "a");
  } catch (error) {
    throw fileFault(ioError("open", path, error));
  }
}

function writerTo(fd: number): (chunk: Uint8Array) => void {
  return (chunk) => writeDescriptor(fd, "the output", chunk, 0, chunk.length);
}
