import { closeSync, openSync } from "node:fs";
import { ioError } from "@jn/wire";
import type { Chunks } from "../streams/feed.ts";
import { fileFault } from "./file-fault.ts";
import type { StdinSource } from "./run-options.ts";

/** Bytes of a long text or array that are written at once. */
const CHUNK_BYTES = 64 * 1024;

/** What the first stage reads. */
export interface Input {
  /** What it may be given directly; undefined when we write it. */
  readonly stream: number | "ignore" | "inherit" | undefined;
  readonly chunks: Chunks;
  readonly close: () => void;
}

/** @throws CuprumError `IO` when a file cannot be opened */
export function openInput(source: StdinSource = "ignore"): Input {
  const none = { chunks: [], close: () => {} };
  if (typeof source === "string") return { ...none, stream: source === "inherit" ? "inherit" : "ignore" };
  if (source instanceof Uint8Array) return { ...none, stream: undefined, chunks: pieces(source) };
  // Before the rest: a stream over a file has an fd, too.
  if (Symbol.asyncIterator in source || Symbol.iterator in source)
    return { ...none, stream: undefined, chunks: source };
  if ("fd" in source) return { ...none, stream: source.fd };
  if ("text" in source) return { ...none, stream: undefined, chunks: pieces(Buffer.from(source.text)) };
  try {
    const fd = openSync(source.file, "r");
    return { ...none, stream: fd, close: () => closeSync(fd) };
  } catch (error) {
    throw fileFault(ioError("open", source.file, error));
  }
}

function* pieces(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) yield bytes.subarray(at, at + CHUNK_BYTES);
}
