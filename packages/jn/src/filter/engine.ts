import { createRequire } from "node:module";
import type * as v8 from "node:v8";
import type * as vm from "node:vm";

/**
 * What the engine says about itself, and its settings. Loaded at the first use, as it would cost every start 2 ms, and
 * without waiting, as it is needed in the midst of work.
 */
export function engine(): typeof v8 {
  return load("node:v8") as typeof v8;
}

/** The engine's contexts. */
export function contexts(): typeof vm {
  return load("node:vm") as typeof vm;
}

/** What is part of Node is found from anywhere. */
const load = createRequire("/");
