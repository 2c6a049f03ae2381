import { constantPath } from "../language/constant-path.ts";
import type { Node } from "../language/ast.ts";
import { someNode } from "../language/walk.ts";
import {
  type AccumulatorKind,
  averaged,
  counted,
  decided,
  distinct,
  distinctByKey,
  extreme,
  extremeByKey,
  first,
  last,
  sortedEnd,
  summed,
  valuesCounted,
} from "./accumulators.ts";
import { argument, array, call, constantNumber, element, identity, isCall, NULL, pipeOf, stagesOf } from "./nodes.ts";

/**
 * Rewrites expressions of an array that look at it only through aggregates, to expressions of what accumulators have of its
 * elements: `(map(.x) | add) / length` to `.[1] / .[2]`.
 */
export class AggregateRewriter {
  readonly accumulators: AccumulatorKind[] = [];
  /** What each of them gets of an element: an array. */
  readonly parts: Node[] = [];
  /** Constant paths that are read of every element anyway. */
  readonly #readPaths: readonly (readonly string[])[];

  /** @param key what else is calculated of every element */
  constructor(key: Node = NULL) {
    this.#readPaths = pathsOf(key);
  }

  /**
   * Undefined for an expression that is none of these.
   *
   * @param mapped what the elements of the expression's input are made of those of the array with: `.x` after `map(.x)`
   */
  rewritten(node: Node, mapped: Node): Node | undefined {
    const stages = stagesOf(node);
    const [stage, ...others] = stages;
    if (stage === undefined) return undefined;
    if (others.length > 0 && (isCall(stage, "map", 1) || isEachArray(stage)))
      return this.rewritten(pipeOf(others), pipeOf([mapped, mappedBy(stage)]));
    const end = endOfSorted(stages);
    if (end !== undefined) {
      const pairs = pipeOf([mapped, array([array([end.key]), identity()])]);
      return pipeOf([this.#add(sortedEnd(end.most, end.end), array([pairs])), ...stages]);
    }
    const firstPath = this.#firstPath(stages, mapped);
    if (firstPath !== undefined) return firstPath;
    const value = this.#value(stage, mapped);
    return value === undefined ? undefined : pipeOf([value, ...others]);
  }

  #value(node: Node, mapped: Node): Node | undefined {
    const inner = (part: Node): Node | undefined => this.rewritten(part, mapped);
    switch (node.kind) {
      case "literal":
      case "number":
      case "variable":
        return node;
      case "call":
        return this.#aggregate(node, mapped);
      case "index":
        if (constantNumber(node.index) === 0) return this.#aggregate(call("first", []), mapped);
        return constantNumber(node.index) === -1 ? this.#aggregate(call("last", []), mapped) : undefined;
      case "object": {
        const entries = node.entries.map(({ key, value }) => ({ key: inner(key), value: inner(value) }));
        const known = entries.flatMap(({ key, value }) => (key && value ? [{ key, value }] : []));
        return known.length < entries.length ? undefined : { ...node, entries: known };
      }
      case "array": {
        const body = node.body === undefined ? undefined : inner(node.body);
        return node.body !== undefined && body === undefined ? undefined : { ...node, body };
      }
      case "string": {
        const parts = node.parts.map((part) => (typeof part === "string" ? part : inner(part)));
        const known = parts.filter((part) => part !== undefined);
        return known.length < parts.length ? undefined : { ...node, parts: known };
      }
      case "negate": {
        const body = inner(node.body);
        return body === undefined ? undefined : { ...node, body };
      }
      case "comma":
      case "arithmetic":
      case "compare": {
        const [left, right] = [inner(node.left), inner(node.right)];
        return left === undefined || right === undefined ? undefined : { ...node, left, right };
      }
      case "alternative": {
        // What is calculated of every element must not be what a choice would have spared.
        const left = inner(node.left);
        return left === undefined || !isLiteral(node.right) ? undefined : { ...node, left };
      }
      case "if": {
        const [condition, consequent] = [inner(node.condition), this.#safely(node.consequent, mapped)];
        const alternate = node.alternate === undefined ? undefined : this.#safely(node.alternate, mapped);
        if (condition === undefined || consequent === undefined || alternate === undefined) return undefined;
        return { ...node, condition, consequent, alternate };
      }
      case "bind": {
        const isSimple = node.patterns.length === 1 && node.patterns[0]?.kind === "variable";
        const source = isSimple ? inner(node.source) : undefined;
        const before = this.parts.length;
        const body = source === undefined ? undefined : inner(node.body);
        // While the elements are read it is not known yet.
        const isUsed = this.parts.slice(before).some((part) => someNode(part, ({ kind }) => kind === "variable"));
        return source === undefined || body === undefined || isUsed ? undefined : { ...node, source, body };
      }
      default:
        return undefined;
    }
  }

  /** A branch: what it calculates of the elements must not fail, as it may not be taken. */
  #safely(node: Node, mapped: Node): Node | undefined {
    const before = this.parts.length;
    const result = this.rewritten(node, mapped);
    return this.parts.slice(before).every((part) => part === NULL) ? result : undefined;
  }

  #aggregate(node: Node & { readonly kind: "call" }, mapped: Node): Node | undefined {
    const { name, args } = node;
    const argued = pipeOf([mapped, argument(node)]);
    const values = array([mapped]);
    const byKey = array([pipeOf([mapped, array([array([argument(node)]), identity()])])]);
    switch (`${name}/${args.length}`) {
      case "length/0":
      case "count/0":
        if (mapped.kind === "identity") return this.#add(counted, NULL);
        return this.#add(valuesCounted, array([pipeOf([mapped, NULL])]));
      case "add/0":
        return this.#add(summed(null), values);
      case "add/1":
        return isEach(argument(node)) ? this.#add(summed(null), array([eachOf(mapped, argument(node))])) : undefined;
      case "sum/1":
        return this.#add(summed(0), array([argued]));
      case "avg/1":
        // Of what `map` made, it counts elements, of which one record can give several.
        return mapped.kind === "identity" ? this.#add(averaged, array([argued])) : undefined;
      case "min/0":
        return this.#add(extreme(-1), values);
      case "max/0":
        return this.#add(extreme(1), values);
      case "any/0":
        return this.#add(decided(true), values);
      case "all/0":
        return this.#add(decided(false), values);
      case "any/1":
        return this.#add(decided(true), array([argued]));
      case "all/1":
        return this.#add(decided(false), array([argued]));
      case "first/0":
        return this.#add(first, values);
      case "last/0":
        return this.#add(last, values);
      case "unique/0":
        return this.#add(distinct, values);
      case "unique_by/1":
        return pipeOf([this.#add(distinctByKey, byKey), node]);
      case "min_by/1":
        return this.#add(extremeByKey(-1), byKey);
      case "max_by/1":
        return this.#add(extremeByKey(1), byKey);
      default:
        return undefined;
    }
  }

  /** `.[0].a.b`: only that value of the first element, if the elements' other values at such a path cannot fail. */
  #firstPath([stage, ...others]: readonly Node[], mapped: Node): Node | undefined {
    const isFirst =
      stage !== undefined &&
      (isCall(stage, "first", 0) ||
        (stage.kind === "index" && stage.target.kind === "identity" && constantNumber(stage.index) === 0));
    if (!isFirst || mapped.kind !== "identity") return undefined;
    const end = others.findIndex((step) => constantPath(step) === undefined);
    const steps = end < 0 ? others : others.slice(0, end);
    const path = steps.flatMap((step) => constantPath(step) ?? []);
    const isRead = this.#readPaths.some(
      (read) => read.length === path.length && read.slice(0, -1).join("\0") === path.slice(0, -1).join("\0"),
    );
    if (path.length === 0 || !isRead) return undefined;
    return pipeOf([this.#add(first, array([pipeOf(steps)])), ...others.slice(steps.length)]);
  }

  #add(kind: AccumulatorKind, part: Node): Node {
    this.parts.push(part);
    return element(this.accumulators.push(kind));
  }
}

interface SortedEnd {
  readonly key: Node;
  readonly most: number;
  readonly end: "first" | "last";
}

/** `sort_by(f)[:n]` and its like: what is left of the sorted array. */
function endOfSorted([stage, ...others]: readonly Node[]): SortedEnd | undefined {
  if (stage === undefined || !(isCall(stage, "sort_by", 1) || isCall(stage, "sort", 0))) return undefined;
  const isReversed = others[0] !== undefined && isCall(others[0], "reverse", 0);
  const taken = takenOf(others[isReversed ? 1 : 0]);
  if (taken === undefined || taken.most > MOST_SORTED) return undefined;
  const end = (taken.end === "first") === isReversed ? "last" : "first";
  return { key: argument(stage), most: Math.max(1, taken.most), end };
}

function takenOf(node: Node | undefined): Omit<SortedEnd, "key"> | undefined {
  if (node === undefined) return undefined;
  if (isCall(node, "first", 0)) return { most: 1, end: "first" };
  if (isCall(node, "last", 0)) return { most: 1, end: "last" };
  if (node.kind === "index" && node.target.kind === "identity") {
    const at = constantNumber(node.index);
    if (at === undefined || !Number.isInteger(at)) return undefined;
    return at < 0 ? { most: -at, end: "last" } : { most: at + 1, end: "first" };
  }
  if (node.kind !== "slice" || node.target.kind !== "identity") return undefined;
  const [from, to] = [constantNumber(node.from), constantNumber(node.to)];
  const startsAtZero = node.from === undefined || (from !== undefined && from >= 0);
  if (startsAtZero && to !== undefined && to >= 0) return { most: Math.ceil(to), end: "first" };
  if (node.to === undefined && from !== undefined && from < 0) return { most: Math.ceil(-from), end: "last" };
  return undefined;
}

/** `[.[] | f]` and `[.[].a]`, which are `map(f)` and `map(.a)`. */
function isEachArray(node: Node): boolean {
  return node.kind === "array" && node.body !== undefined && isEach(node.body);
}

function isEach(node: Node): boolean {
  const [stage] = stagesOf(node);
  return stage?.kind === "iterate" && stage.target.kind === "identity";
}

/** Of what is each element's own (`.[] | f`), `f` of what was mapped before. */
function eachOf(mapped: Node, node: Node): Node {
  return pipeOf([mapped, ...stagesOf(node).slice(1)]);
}

function mappedBy(node: Node): Node {
  return node.kind === "array" && node.body !== undefined ? eachOf(identity(), node.body) : argument(node);
}

function commaParts(node: Node): readonly Node[] {
  return node.kind === "comma" ? [...commaParts(node.left), ...commaParts(node.right)] : [node];
}

function pathsOf(node: Node): readonly (readonly string[])[] {
  return commaParts(node).flatMap((part) => {
    const path = constantPath(part);
    return path === undefined ? [] : [path];
  });
}

function isLiteral(node: Node): boolean {
  return node.kind === "literal" || node.kind === "number" || node.kind === "variable";
}

/** Most elements of a sorted array that are held instead of all. */
const MOST_SORTED = 1_000_000;
