import type { Definition, Node } from "../language/ast.ts";
import { parseFilter } from "../language/parser.ts";
import { unplaced } from "../language/unplaced.ts";

/** A program text in which the given names stand for expressions. */
export function withDefinitions(text: string, names: ReadonlyMap<string, Node>): Node {
  const body = unplaced(parseFilter(text));
  return [...names].reduce((inner, [name, node]): Node => {
    const definition: Definition = { at: -1, name, params: [], body: node };
    return { kind: "define", at: -1, definition, body: inner };
  }, body);
}

export function isCall(node: Node, name: string, count: number): boolean {
  return node.kind === "call" && node.name === name && node.args.length === count;
}
