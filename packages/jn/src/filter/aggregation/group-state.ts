import { constantPath } from "../language/constant-path.ts";
import type { Node } from "../language/ast.ts";
import { isCall, withDefinitions } from "./definitions.ts";

/** What is remembered of a group: the state before its first element, and after another one, `$x`. */
interface Aggregate {
  readonly start: string;
  /** Of the state, `.`, with `_h` for what the elements are mapped with. */
  readonly step: string;
  /** Of the last state. */
  readonly result: string;
  readonly mapped: Node;
}

/**
 * `group_by(key) | map(body)` over a stream, where the body looks at a group only through aggregates: a state for each group,
 * in memory proportional to the groups. Undefined when the body does anything else.
 */
export function groupState(source: Node, key: Node, body: Node): Node | undefined {
  const aggregates: Aggregate[] = [];
  const result = rewritten(body, aggregates);
  if (result === undefined) return undefined;
  const starts = aggregates.map(({ start }) => `, ${start}`).join("");
  const steps = aggregates
    .map(({ step }, at) => ` | .[$k][${at + 2}] = (.[$k][${at + 2}] | ${step.replaceAll("_h", `_h${at}`)})`)
    .join("");
  const names = new Map<string, Node>([
    ["_source", source],
    ["_key", key],
  ]);
  for (const [at, { mapped }] of aggregates.entries()) names.set(`_h${at}`, mapped);
  names.set("_result", result);
  return withDefinitions(
    `[reduce _source as $x ({}; [$x | _key] as $g | ($g | _canonical) as $k | if has($k) then . else .[$k] = [$g, $x${starts}] end${steps}) | .[]] | sort_by(.[0]) | map(_result)`,
    names,
  );
}

/** The body with its aggregates replaced by what the state has of them. */
function rewritten(node: Node, aggregates: Aggregate[]): Node | undefined {
  const aggregate = aggregateOf(node);
  if (aggregate !== undefined) {
    const at = aggregates.push(aggregate) + 1;
    return withDefinitions(`.[${at}] | ${aggregate.result}`, new Map());
  }
  const first = firstElement(node);
  if (first !== undefined) return first;
  const inner = (part: Node): Node | undefined => rewritten(part, aggregates);
  switch (node.kind) {
    case "literal":
    case "number":
    case "variable":
      return node;
    case "object": {
      const entries = node.entries.map((entry) => ({ key: entry.key, value: inner(entry.value) }));
      if (!node.entries.every(({ key }) => key.kind === "literal")) return undefined;
      const known = entries.flatMap(({ key, value }) => (value === undefined ? [] : [{ key, value }]));
      return known.length < entries.length ? undefined : { ...node, entries: known };
    }
    case "array": {
      const body = node.body === undefined ? undefined : inner(node.body);
      return node.body !== undefined && body === undefined ? undefined : { ...node, body };
    }
    case "comma":
    case "arithmetic":
    case "compare": {
      const [left, right] = [inner(node.left), inner(node.right)];
      return left === undefined || right === undefined ? undefined : { ...node, left, right };
    }
    default:
      return undefined;
  }
}

function aggregateOf(node: Node): Aggregate | undefined {
  if (node.kind === "pipe" && isCall(node.left, "map", 1)) {
    const mapped = (node.left as Node & { readonly kind: "call" }).args[0]!;
    const found = node.right.kind === "call" ? MAPPED.get(`${node.right.name}/${node.right.args.length}`) : undefined;
    return found === undefined ? undefined : { ...found, mapped };
  }
  if (node.kind !== "call") return undefined;
  const found = DIRECT.get(`${node.name}/${node.args.length}`);
  return found === undefined ? undefined : { ...found, mapped: node.args[0] ?? { kind: "identity", at: -1 } };
}

/** `.[0].a.b` and `first.a.b`: the first element is in the state, after its key. */
function firstElement(node: Node): Node | undefined {
  if (
    node.kind === "index" &&
    node.index.kind === "number" &&
    node.index.text === "0" &&
    node.target.kind === "identity"
  ) {
    return withDefinitions(".[1]", new Map());
  }
  if (isCall(node, "first", 0)) return withDefinitions(".[1]", new Map());
  if (node.kind !== "field") {
    if (node.kind !== "pipe") return undefined;
    const left = firstElement(node.left);
    return left === undefined || constantPath(node.right) === undefined ? undefined : { ...node, left };
  }
  const target = firstElement(node.target);
  return target === undefined ? undefined : { ...node, target };
}

type Steps = Omit<Aggregate, "mapped">;

const COUNT: Steps = { start: "0", step: ". + 1", result: "." };
const SUM: Steps = { start: "0", step: "reduce ($x | _h) as $y (.; . + $y)", result: "." };
const LEAST: Steps = {
  start: "[]",
  step: "([$x | _h]) as $h | if . == [] or $h < .[0] then [$h, $x] else . end",
  result: ".[1]",
};
const GREATEST: Steps = { ...LEAST, step: LEAST.step.replace("$h < .[0]", "$h >= .[0]") };

const DIRECT: ReadonlyMap<string, Steps> = new Map([
  ["length/0", COUNT],
  ["count/0", COUNT],
  ["sum/1", SUM],
  ["avg/1", { start: "[0, 0]", step: "[.[0] + 1, reduce ($x | _h) as $y (.[1]; . + $y)]", result: ".[1] / .[0]" }],
  ["min_by/1", LEAST],
  ["max_by/1", GREATEST],
  ["last/0", { start: "null", step: "$x", result: "." }],
]);

/** After `map(f)`: over all results of `f`. */
const MAPPED: ReadonlyMap<string, Steps> = new Map([
  ["length/0", { start: "0", step: "reduce ($x | _h) as $y (.; . + 1)", result: "." }],
  ["add/0", { start: "null", step: "reduce ($x | _h) as $y (.; . + $y)", result: "." }],
  [
    "min/0",
    { start: "[]", step: "reduce ($x | _h) as $y (.; if . == [] or $y < .[0] then [$y] else . end)", result: ".[0]" },
  ],
  [
    "max/0",
    { start: "[]", step: "reduce ($x | _h) as $y (.; if . == [] or $y >= .[0] then [$y] else . end)", result: ".[0]" },
  ],
  ["any/0", { start: "false", step: "reduce ($x | _h) as $y (.; . or $y)", result: "." }],
  ["all/0", { start: "true", step: "reduce ($x | _h) as $y (.; . and $y)", result: "." }],
]);
