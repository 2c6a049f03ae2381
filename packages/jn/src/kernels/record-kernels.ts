import { loadNative, type NativeLoad, type RecordKernels } from "@cuprum/native";
import { usageError } from "../jn-error.ts";
import { widenPipes } from "./wide-pipes.ts";

/**
 * From now on at most so many threads share the work of the kernels; undefined: one a processor, at most four.
 *
 * @param count from 1 to 64
 */
export function useThreads(count: number | undefined): void {
  threads = count;
}

/** How many threads the work was asked to be shared by. */
export function threadsAsked(): number | undefined {
  return threads;
}

/**
 * The native kernels for a reader of which `bytes` bytes of input are known so far; undefined while, or where, TypeScript does the work.
 *
 * `JN_BACKEND` says which: `rust`, from the first byte on; `node`, never; `auto` (default), where the module is there and the input is
 * long enough to be worth loading it.
 *
 * @throws JnError `USAGE` for an unknown name, and where `rust` is asked for and not there
 */
export function recordKernels(bytes: number): RecordKernels | undefined {
  request ??= requested();
  if (request === "node" || (request === "auto" && bytes < WORTHWHILE_BYTES)) return undefined;
  if (load === undefined) {
    load = loaded();
    if (load.available) widenPipes(load.module);
  }
  if (load.available) return (kernels ??= load.module.recordKernels({ threads }));
  if (request === "rust") throw usageError(`${VARIABLE} asks for rust, but there is no native module: ${load.reason}`);
  return undefined;
}

/** Which implementation reads records, and why, in one line. */
export function recordBackendLine(): string {
  const asked = requested();
  if (asked === "node") return `record backend: node (${ASKED})`;
  load ??= loaded();
  if (!load.available)
    return `record backend: ${asked === "rust" ? "none" : "node"} (no native module: ${load.reason})`;
  const reason = asked === "rust" ? ASKED : `the native module ${load.version} is there`;
  return `record backend: rust (${reason})`;
}

type Request = "auto" | "rust" | "node";
let request: Request | undefined;
let load: NativeLoad | undefined;
let threads: number | undefined;
let kernels: RecordKernels | undefined;

function requested(): Request {
  const text = process.env[VARIABLE] ?? "";
  const name = text.trim().toLowerCase();
  if (name === "" || name === "auto") return "auto";
  if (name === "rust" || name === "node") return name;
  throw usageError(`${VARIABLE} is ${JSON.stringify(text)}; it can be auto, rust or node`);
}

/** A module that is there but broken is told of where it is asked for; otherwise the work is done without it. */
function loaded(): NativeLoad {
  try {
    return loadNative();
  } catch (error) {
    return { available: false, reason: error instanceof Error ? error.message : String(error) };
  }
}

const VARIABLE = "JN_BACKEND";
const ASKED = `${VARIABLE} asks for it`;

/**
 * To load the module takes as long as TypeScript that nobody has compiled yet takes for about this much (measured on Node 20: they meet
 * between 8 and 16 KiB of CSV; at 64 KiB the module saves a quarter of the whole run).
 */
const WORTHWHILE_BYTES = 16 * 1024;
