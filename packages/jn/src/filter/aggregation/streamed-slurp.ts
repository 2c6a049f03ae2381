import type { Node } from "../language/ast.ts";
import { isCall, withDefinitions } from "./definitions.ts";
import { groupState } from "./group-state.ts";

/**
 * A filter of an array of all records, as one that takes the records one by one and remembers only what its result is made
 * of. Undefined when it is none of these: any number of `map(f)`, then `length`, `count`, `add`, `sum(f)`, `avg(f)`, `min`, `max`,
 * `min_by(f)`, `max_by(f)`, `any`, `all`, `first`, `last`, `unique`, `unique_by(f)`, or `group_by(f) | map(...)` of aggregates; and then
 * anything, which gets that result.
 *
 * The results are those of the filter on the array, errors included, but for which of several errors comes first.
 */
export function streamedSlurp(filter: Node): Node | undefined {
  const stages = stagesOf(filter);
  let source = INPUTS;
  while (stages.length > 0 && isCall(stages[0]!, "map", 1)) {
    const { args } = stages.shift() as Node & { readonly kind: "call" };
    source = pipe(source, args[0]!);
  }
  const reduced = reduction(source, stages);
  if (reduced === undefined) return undefined;
  return reduced.rest.reduce((left, right) => pipe(left, right), reduced.node);
}

interface Reduction {
  readonly node: Node;
  /** The stages after it. */
  readonly rest: readonly Node[];
}

function reduction(source: Node, [first, second, ...others]: readonly Node[]): Reduction | undefined {
  if (first?.kind !== "call") return undefined;
  const rest = second === undefined ? [] : [second, ...others];
  if (first.name === "group_by" && first.args.length === 1) {
    if (second === undefined || !isCall(second, "map", 1)) return undefined;
    const grouped = groupState(source, first.args[0]!, (second as Node & { readonly kind: "call" }).args[0]!);
    return grouped === undefined ? undefined : { node: grouped, rest: others };
  }
  const template = TEMPLATES.get(`${first.name}/${first.args.length}`);
  if (template === undefined) return undefined;
  return {
    node: withDefinitions(
      template,
      new Map([
        ["_source", source],
        ["_f", first.args[0] ?? IDENTITY],
      ]),
    ),
    rest,
  };
}

function stagesOf(node: Node): Node[] {
  return node.kind === "pipe" ? [...stagesOf(node.left), ...stagesOf(node.right)] : [node];
}

function pipe(left: Node, right: Node): Node {
  return { kind: "pipe", at: left.at, left, right };
}

const IDENTITY: Node = { kind: "identity", at: -1 };
const INPUTS: Node = { kind: "call", at: -1, name: "inputs", args: [] };

const LEAST = "reduce _source as $x ([]; ([$x | _f]) as $k | if . == [] or $k < .[0] then [$k, $x] else . end) | .[1]";

const TEMPLATES: ReadonlyMap<string, string> = new Map([
  ["length/0", "reduce _source as $x (0; . + 1)"],
  ["count/0", "reduce _source as $x (0; . + 1)"],
  ["add/0", "reduce _source as $x (null; . + $x)"],
  ["sum/1", "reduce (_source | _f) as $x (0; . + $x)"],
  [
    "avg/1",
    "reduce _source as $x ([0, 0]; [.[0] + 1, reduce ($x | _f) as $y (.[1]; . + $y)]) | if .[0] == 0 then null else .[1] / .[0] end",
  ],
  ["min/0", LEAST],
  ["min_by/1", LEAST],
  ["max/0", LEAST.replace("$k < .[0]", "$k >= .[0]")],
  ["max_by/1", LEAST.replace("$k < .[0]", "$k >= .[0]")],
  ["any/0", "reduce _source as $x (false; . or $x)"],
  ["all/0", "reduce _source as $x (true; . and $x)"],
  ["first/0", "reduce _source as $x ([]; if . == [] then [$x] else . end) | .[0]"],
  ["last/0", "reduce _source as $x (null; $x)"],
  [
    "unique/0",
    "[reduce _source as $x ({}; ($x | _canonical) as $k | if has($k) then . else .[$k] = $x end) | .[]] | unique",
  ],
  [
    "unique_by/1",
    "[reduce _source as $x ({}; ([$x | _f] | _canonical) as $k | if has($k) then . else .[$k] = $x end) | .[]] | unique_by(_f)",
  ],
]);
