import type { Node } from "../language/ast.ts";

// Expressions that are made, not parsed: they have no place in the filter's text.

export const NULL: Node = { kind: "literal", at: -1, value: null };

export function identity(): Node {
  return { kind: "identity", at: -1 };
}

export function call(name: string, args: readonly Node[]): Node & { readonly kind: "call" } {
  return { kind: "call", at: -1, name, args };
}

export function pipeOf(stages: readonly Node[]): Node {
  const needed = stages.filter(({ kind }) => kind !== "identity");
  if (needed.length === 0) return stages[0] ?? identity();
  return needed.reduceRight((right, left) => ({ kind: "pipe", at: left.at, left, right }));
}

/** An array of these elements. */
export function array(elements: readonly Node[]): Node {
  return { kind: "array", at: -1, body: elements.reduce((left, right) => ({ kind: "comma", at: -1, left, right })) };
}

/** `.[at]` */
export function element(at: number): Node {
  return { kind: "index", at: -1, target: identity(), index: { kind: "number", at: -1, text: String(at) } };
}

export function isCall(node: Node, name: string, count: number): boolean {
  return node.kind === "call" && node.name === name && node.args.length === count;
}

/** The first argument of a call. */
export function argument(node: Node): Node {
  return (node.kind === "call" ? node.args[0] : undefined) ?? identity();
}

/** What a value goes through: the parts of pipes, with `f.a[0]` taken for `f | .a | .[0]`. */
export function stagesOf(node: Node): Node[] {
  if (node.kind === "pipe") return [...stagesOf(node.left), ...stagesOf(node.right)];
  const isStep =
    node.kind === "field" ||
    node.kind === "iterate" ||
    (node.kind === "index" && isConstant(node.index)) ||
    (node.kind === "slice" && [node.from, node.to].every((bound) => bound === undefined || isConstant(bound)));
  if (!isStep || node.target.kind === "identity") return [node];
  return [...stagesOf(node.target), { ...node, target: identity() }];
}

/** The value of a number as it stands, `5` or `-5`. */
export function constantNumber(node: Node | undefined): number | undefined {
  if (node?.kind === "number") return Number(node.text);
  return node?.kind === "negate" && node.body.kind === "number" ? -Number(node.body.text) : undefined;
}

function isConstant(node: Node): boolean {
  return node.kind === "literal" || constantNumber(node) !== undefined;
}
