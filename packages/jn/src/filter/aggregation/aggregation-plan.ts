import { libraryFunction } from "../builtins/library.ts";
import { isNative } from "../builtins/native.ts";
import { keyOf } from "../compiler/scope.ts";
import type { Definition, Node } from "../language/ast.ts";
import { someNode } from "../language/walk.ts";
import type { AccumulatorKind } from "./accumulators.ts";
import { AggregateRewriter } from "./aggregate-rewriter.ts";
import { argument, array, call, identity, isCall, NULL, pipeOf, stagesOf } from "./nodes.ts";

/** A filter of an array of all records, as one that takes the records one by one and remembers what its result is made of. */
export interface AggregationPlan {
  /**
   * Of a record: for each element that it gives, an array of its group's key, which is an array or null, and what each
   * accumulator gets of it.
   */
  readonly rows: Node;
  readonly accumulators: readonly AccumulatorKind[];
  readonly isGrouped: boolean;
  /**
   * Of what the accumulators have at the end, `[key, result, ...]`: the results of the filter. Of groups it gets an array of
   * these, in the order of their keys.
   */
  readonly rest: Node;
}

/**
 * Undefined for a filter that needs all records at once. What does not: any number of `map(f)`, and then an expression of
 * `length`, `add`, `min`, `max_by(f)`, `unique`, `sort_by(f)[:n]` and others like these, each also after `map(f)`; or
 * `group_by(f)` and a `map` of such an expression; and after either anything, which gets that result.
 *
 * The results are those of the filter on the array, errors included, but for which of several errors comes first.
 */
export function aggregationPlan(filter: Node): AggregationPlan | undefined {
  const { definitions, body } = withoutDefinitions(filter);
  if (someNode(filter, takesInputs) || definitions.some(isBuiltin)) return undefined;
  const stages = stagesOf(body);
  const sources: Node[] = [];
  while (stages.length > 1 && isCall(stages[0]!, "map", 1)) sources.push(argument(stages.shift()!));
  const [first, second, ...others] = stages;
  const plan =
    first !== undefined && second !== undefined && isCall(first, "group_by", 1)
      ? groups(argument(first), second, others)
      : whole(stages);
  if (plan === undefined) return undefined;
  return {
    ...plan,
    rows: defined(definitions, pipeOf([...sources, plan.rows])),
    rest: defined(definitions, plan.rest),
  };
}

function whole(stages: readonly Node[]): AggregationPlan | undefined {
  const rewriter = new AggregateRewriter();
  const rest = rewriter.rewritten(pipeOf(stages), identity());
  if (rest === undefined || rewriter.accumulators.length === 0) return undefined;
  return { rows: array([NULL, ...rewriter.parts]), accumulators: rewriter.accumulators, isGrouped: false, rest };
}

/** `group_by(key) | map(body)`, or `group_by(key) | .[] | body`. */
function groups(key: Node, second: Node, others: readonly Node[]): AggregationPlan | undefined {
  const isEach = second.kind === "iterate" && second.target.kind === "identity";
  if (!isEach && !isCall(second, "map", 1)) return undefined;
  const rewriter = new AggregateRewriter(key);
  const body = rewriter.rewritten(isEach ? pipeOf(others) : argument(second), identity());
  if (body === undefined) return undefined;
  return {
    rows: array([array([key]), ...rewriter.parts]),
    accumulators: rewriter.accumulators,
    isGrouped: true,
    rest: isEach ? pipeOf([second, body]) : pipeOf([call("map", [body]), ...others]),
  };
}

function withoutDefinitions(filter: Node): { readonly definitions: readonly Definition[]; readonly body: Node } {
  const definitions: Definition[] = [];
  let body = filter;
  for (; body.kind === "define"; body = body.body) definitions.push(body.definition);
  return { definitions, body };
}

function defined(definitions: readonly Definition[], body: Node): Node {
  return definitions.reduceRight<Node>(
    (inner, definition) => ({ kind: "define", at: definition.at, definition, body: inner }),
    body,
  );
}

/** Whether a definition changes what a name means that is understood here. */
function isBuiltin({ name, params }: Definition): boolean {
  const key = keyOf(name, params.length);
  return isNative(key) || libraryFunction(key) !== undefined;
}

/** What asks for the input itself must not be called while it is read. */
function takesInputs(node: Node): boolean {
  return node.kind === "call" && /^(?:inputs?|input_filename|input_line_number)$/.test(node.name);
}
