import { createRequire } from "node:module";

/**
 * A module of Node, loaded at the first use and without waiting: for what is dear to load (2 to 4 ms), and needed in the midst of work,
 * or seldom.
 *
 * @param name as `node:v8`
 */
export function builtinModule(name: string): unknown {
  // What is part of Node is found from anywhere.
  return createRequire("/")(name);
}
