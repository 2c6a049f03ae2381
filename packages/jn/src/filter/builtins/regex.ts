import { regularExpression } from "../regex/regular-expression.ts";
import type { MatchSpans } from "../regex/pattern-matcher.ts";
import { add } from "../value/arithmetic.ts";
import { spend, take, takeText } from "../value/budget.ts";
import { FilterError } from "../value/filter-error.ts";
import { setOwn } from "../value/json-text.ts";
import { internalKey } from "../value/object-key.ts";
import { shown } from "../value/shown.ts";
import { isArray, typeName, type Value } from "../value/value.ts";
import type { NativeBuiltin } from "./native.ts";

/**
 * What the regular expression functions of the library are made of. Those that can have many results return them in an
 * array.
 */
export const regexBuiltins: readonly (readonly [string, NativeBuiltin])[] = [
  ["test/1", (input, pattern = null) => isMatch(input, ...withFlags(pattern))],
  ["test/2", isMatch],
  ["_matches/1", (input, pattern = null) => matches(input, ...withFlags(pattern), matchObject)],
  ["_matches/2", (input, pattern = null, flags = null) => matches(input, pattern, flags, matchObject)],
  ["_captures/1", (input, pattern = null) => matches(input, ...withFlags(pattern), captureObject)],
  ["_captures/2", (input, pattern = null, flags = null) => matches(input, pattern, flags, captureObject)],
  ["_scanned/2", (input, pattern = null, flags = null) => matches(input, pattern, flags, scannedValue)],
  ["_edits/2", (input, pattern = null, flags = null) => matches(input, pattern, flags, edit)],
  [
    "_parts/2",
    (input, pattern = null, flags = null) => {
      const text = subject(input);
      const parts: string[] = [];
      let from = 0;
      expressionOf(pattern, flags).eachMatch(text, (spans) => {
        spend(COSTLY);
        take(MATCH_BYTES);
        parts.push(text.slice(from, spans[0]));
        from = spans[1]!;
        return true;
      });
      return [...parts, text.slice(from)];
    },
  ],
  ["_edited/2", edited],
];

type FromMatch = (spans: MatchSpans, names: readonly (string | null)[], text: string, place: PlaceOf) => Value;
/** The position of a UTF-16 unit, counted in characters. */
type PlaceOf = (unit: number) => number;

/** A pattern alone, or with its flags in an array. */
function withFlags(pattern: Value): readonly [pattern: Value, flags: Value] {
  if (typeof pattern === "string") return [pattern, null];
  if (isArray(pattern) && pattern.length > 0) return [pattern[0]!, pattern[1] ?? null];
  throw new FilterError(`${typeName(pattern)} not a string or array`);
}

function isMatch(input: Value, pattern: Value = null, flags: Value = null): boolean {
  const text = subject(input);
  return expressionOf(pattern, flags).test(text);
}

function subject(input: Value): string {
  if (typeof input !== "string") throw new FilterError(`${shown(input)} cannot be matched, as it is not a string`);
  takeText(input.length);
  return input;
}

function expressionOf(pattern: Value, flags: Value): ReturnType<typeof regularExpression> {
  if (typeof pattern !== "string") throw new FilterError(`${shown(pattern)} is not a string`);
  if (flags !== null && typeof flags !== "string") throw new FilterError(`${shown(flags)} is not a string`);
  spend(COSTLY);
  return regularExpression(pattern, flags ?? "");
}

function matches(input: Value, pattern: Value, flags: Value, make: FromMatch): Value {
  const text = subject(input);
  const expression = expressionOf(pattern, flags);
  const place = placeIn(text);
  const found: Value[] = [];
  expression.eachMatch(text, (spans) => {
    spend(COSTLY);
    take(MATCH_BYTES);
    found.push(make(spans, expression.names, text, place));
    return true;
  });
  return found;
}

function matchObject(spans: MatchSpans, names: readonly (string | null)[], text: string, place: PlaceOf): Value {
  const offset = place(spans[0]!);
  const captures = names.map((name, at): Value => {
    const [start, end] = [spans[2 * at + 2]!, spans[2 * at + 3]!];
    if (start < 0 || end < 0) return { offset: -1, string: null, length: 0, name };
    const from = place(start);
    // jq has the keys in this order where nothing was matched.
    if (end === start) return { offset: from, string: "", length: 0, name };
    return { offset: from, length: place(end) - from, string: text.slice(start, end), name };
  });
  return { offset, length: place(spans[1]!) - offset, string: text.slice(spans[0], spans[1]), captures };
}

function captureObject(spans: MatchSpans, names: readonly (string | null)[], text: string): Value {
  const object: Record<string, Value> = {};
  for (const [at, name] of names.entries()) {
    if (name !== null) setOwn(object, internalKey(name), groupText(spans, at, text));
  }
  return object;
}

function scannedValue(spans: MatchSpans, names: readonly (string | null)[], text: string): Value {
  if (names.length === 0) return text.slice(spans[0], spans[1]);
  return names.map((_, at) => groupText(spans, at, text));
}

/** What `sub` needs of a match: where it is, in UTF-16 units, and its named groups. */
function edit(spans: MatchSpans, names: readonly (string | null)[], text: string): Value {
  return [spans[0]!, spans[1]!, captureObject(spans, names, text)];
}

function groupText(spans: MatchSpans, at: number, text: string): Value {
  const [start, end] = [spans[2 * at + 2]!, spans[2 * at + 3]!];
  return start < 0 || end < 0 ? null : text.slice(start, end);
}

/**
 * The texts with each match replaced: one for each result that the replacement had.
 *
 * @param edits as `_edits` gives them
 * @param inserts for each of them, the results of the replacement
 */
function edited(input: Value, edits: Value = null, inserts: Value = null): Value {
  const text = subject(input);
  const results: Value[] = [];
  let previous = 0;
  if (!isArray(edits) || !isArray(inserts)) return [text];
  for (const [at, found] of edits.entries()) {
    const [start, end] = found as readonly [number, number];
    const gap = text.slice(previous, start);
    for (const [index, insert] of (inserts[at] as readonly Value[]).entries()) {
      results[index] = add(results[index] ?? null, add(gap, insert));
    }
    previous = end;
  }
  return results.length === 0 ? [text] : results.map((result) => add(result, text.slice(previous)));
}

function placeIn(text: string): PlaceOf {
  if (!SURROGATE.test(text)) return (unit) => unit;
  let units = 0;
  let characters = 0;
  return (unit) => {
    if (unit < units) units = characters = 0;
    for (; units < unit; characters++) units += text.codePointAt(units)! > 0xffff ? 2 : 1;
    return characters;
  };
}

/** What a search costs, and a match, in elements that are looked at, and in memory. */
const COSTLY = 10;
const MATCH_BYTES = 200;
const SURROGATE = /[\ud800-\udfff]/;
