import type { Node } from "./ast.ts";

/** The keys of a path that leads from the input only through constant keys: `.a.b["c"]`. */
export function constantPath(node: Node): readonly string[] | undefined {
  if (node.kind === "identity") return [];
  if (node.kind !== "field" && node.kind !== "index") return undefined;
  const key = node.kind === "field" ? node.name : constantKey(node.index);
  const outer = key === undefined ? undefined : constantPath(node.target);
  return outer === undefined || key === undefined ? undefined : [...outer, key];
}

/** The text of a string literal. */
export function constantKey(node: Node): string | undefined {
  return node.kind === "literal" && typeof node.value === "string" ? node.value : undefined;
}
