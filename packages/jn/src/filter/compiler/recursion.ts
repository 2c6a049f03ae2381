import type { Definition } from "../language/ast.ts";
import { someNode } from "../language/walk.ts";

/** Whether a function may call itself: its body, or a function inside it, calls its name with as many arguments. */
export function isRecursive(definition: Definition): boolean {
  const known = cache.get(definition);
  if (known !== undefined) return known;
  const { name, params, body } = definition;
  const result = someNode(
    body,
    (node) => node.kind === "call" && node.name === name && node.args.length === params.length,
  );
  cache.set(definition, result);
  return result;
}

const cache = new WeakMap<Definition, boolean>();
