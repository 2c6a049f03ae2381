import type * as v8 from "node:v8";
import type * as vm from "node:vm";
import { builtinModule } from "@jn/wire";

/**
 * Whether what is alive, with so many bytes more, takes most of the heap: the engine dies, instead of failing, where that
 * ends. Costs a microsecond, unless it is near: then all that is no longer used is collected, which takes long where much
 * is alive. So it is full before it is as full as that again.
 */
export function isHeapFull(more = 0): boolean {
  if (!takes(SHARE_TO_COLLECT, more)) return false;
  collectGarbage();
  return takes(SHARE_ALIVE, more);
}

/** In bytes, what is no longer used included. */
export function heapSize(): number {
  return engine().getHeapStatistics().used_heap_size;
}

export function collectGarbage(): void {
  collect ??= collection();
  collect();
}

/**
 * Records live for a moment: a young generation of the heap that never grows keeps 40 MB back, at no cost in time
 * (measured).
 */
export function keepYoungGenerationSmall(): void {
  engine().setFlagsFromString("--semi-space-growth-factor=1");
}

/**
 * WebAssembly that is loaded from now on stays as it is first compiled: its optimising compiler takes up to 40 MB for a moment, whenever
 * that may be, and SQLite gains less by it than it costs (measured: 30 MB of records).
 */
export function keepCompilerSmall(): void {
  engine().setFlagsFromString("--liftoff-only");
}

function takes(share: number, more: number): boolean {
  const { used_heap_size: used, heap_size_limit: limit } = engine().getHeapStatistics();
  return used + more > share * (limit - YOUNG_BYTES);
}

/** The engine offers its collection only to contexts that are made after the flag is set. */
function collection(): () => void {
  engine().setFlagsFromString("--expose-gc");
  return (builtinModule("node:vm") as typeof vm).runInNewContext("gc") as () => void;
}

/** It would cost every start 2 ms. */
function engine(): typeof v8 {
  loaded ??= builtinModule("node:v8") as typeof v8;
  return loaded;
}

const SHARE_TO_COLLECT = 0.75;
const SHARE_ALIVE = 0.7;
/** What the limit allows besides the old generation, where everything that stays ends up. */
const YOUNG_BYTES = 48 * 1024 * 1024;
let loaded: typeof v8 | undefined;
let collect: (() => void) | undefined;
