import type { Node, Pattern } from "./ast.ts";

/** Whether the node itself or anything in it satisfies the test. Without recursion: a list of values nests with its length. */
export function someNode(node: Node, test: (node: Node) => boolean): boolean {
  const left = [node];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    if (test(next)) return true;
    left.push(...children(next).toReversed());
  }
  return false;
}

/** The nodes directly inside a node. */
function children(node: Node): readonly Node[] {
  switch (node.kind) {
    case "field":
    case "iterate":
      return [node.target];
    case "index":
      return [node.target, node.index];
    case "slice":
      return present(node.target, node.from, node.to);
    case "string":
      return node.parts.filter((part): part is Node => typeof part !== "string");
    case "array":
      return present(node.body);
    case "object":
      return node.entries.flatMap((entry) => [entry.key, entry.value]);
    case "negate":
      return [node.body];
    case "pipe":
    case "comma":
    case "arithmetic":
    case "compare":
    case "logic":
    case "alternative":
    case "assign":
      return [node.left, node.right];
    case "if":
      return present(node.condition, node.consequent, node.alternate);
    case "try":
      return present(node.body, node.handler);
    case "reduce":
      return [node.source, ...patternNodes(node.pattern), node.init, node.update];
    case "foreach":
      return present(node.source, ...patternNodes(node.pattern), node.init, node.update, node.extract);
    case "bind":
      return [node.source, ...node.patterns.flatMap(patternNodes), node.body];
    case "define":
      return [node.definition.body, node.body];
    case "call":
      return node.args;
    case "label":
      return [node.body];
    default:
      return [];
  }
}

/** The key expressions of a pattern. */
function patternNodes(pattern: Pattern): readonly Node[] {
  if (pattern.kind === "variable") return [];
  if (pattern.kind === "array") return pattern.elements.flatMap(patternNodes);
  return pattern.entries.flatMap((entry) => [
    entry.key,
    ...(entry.value === undefined ? [] : patternNodes(entry.value)),
  ]);
}

/** The variables that a pattern binds. */
export function patternVariables(pattern: Pattern): readonly string[] {
  if (pattern.kind === "variable") return [pattern.name];
  if (pattern.kind === "array") return pattern.elements.flatMap(patternVariables);
  return pattern.entries.flatMap((entry) => [
    ...(entry.variable === undefined ? [] : [entry.variable]),
    ...(entry.value === undefined ? [] : patternVariables(entry.value)),
  ]);
}

function present(...nodes: readonly (Node | undefined)[]): readonly Node[] {
  return nodes.filter((node) => node !== undefined);
}
