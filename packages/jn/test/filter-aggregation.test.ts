import assert from "node:assert/strict";
import { test } from "node:test";
import { loadBuiltins } from "../src/filter/builtins/native.ts";
import { streamedSlurp } from "../src/filter/aggregation/streamed-slurp.ts";
import { compileFilter } from "../src/filter/compiler/compile.ts";
import { SILENT_HOST } from "../src/filter/host.ts";
import { FilterError } from "../src/filter/value/filter-error.ts";
import { toJson } from "../src/filter/value/json-text.ts";
import { fromJson } from "../src/filter/builtins/types.ts";
import type { Value } from "../src/filter/value/value.ts";
import { failed, runJn, succeeded } from "./support/jn.ts";

await loadBuiltins();

const RECORDS: readonly string[] = [
  '[{"g":"a","x":1,"y":[3,1]},{"g":"b","x":5,"y":[]},{"g":"a","x":2.5,"y":[7]},{"g":null,"x":-1},{"g":"b","x":5}]',
  '[{"g":1,"x":1},{"g":1.0,"x":2},{"g":{"b":1,"a":2},"x":3},{"g":{"a":2,"b":1},"x":4},{"g":"1","x":5}]',
  '[{"x":12345678901234567890},{"x":1},{"x":12345678901234567890},{"x":null}]',
  '[{"g":"k","x":"s"},{"g":"k","x":"t"}]',
  "[3,1,2,3,1.0,null,false,true,[1],{}]",
  "[]",
  "[null]",
];

const STREAMED: readonly string[] = [
  "length", "count", "add", "min", "max", "any", "all", "first", "last", "unique", "map(.x) | add", "map(.x?) | length",
  "map(select(.x > 1)) | length", "map(.x) | map(. // 0) | max", "sum(.x)", "avg(.x)", "min_by(.x)", "max_by(.x)", "unique_by(.g)",
  "map(.x) | unique", "map(.y[]?) | add", "length | . * 2", "add // 0", "map(.g) | unique | length", "min_by(.x) | .x",
  "group_by(.g) | map({g: .[0].g, n: length})", "group_by(.g) | map({g: first.g, s: (map(.x) | add), m: (map(.x) | max)})",
  "group_by(.g) | map([.[0].g, (map(.x) | add) / length, sum(.x), avg(.x), count]) | sort_by(.[1])",
  "group_by(.g) | map({l: last, a: min_by(.x), b: max_by(.x).x?})?",
  "group_by(.g, .x > 2) | map({k: .[0], n: (map(select(.x > 1)) | length), y: (map(.y[]?) | min), t: (map(.x) | any)})",
  "group_by(.g) | map({n: length}) | map(.n) | add",
]; // prettier-ignore

function resultsOf(text: string, records: readonly Value[], slurps: boolean): string {
  const results: string[] = [];
  let next = 0;
  const host = { ...SILENT_HOST, nextInput: (): Value | undefined => records[next++] };
  const filter = compileFilter(text, { host, streamedSlurp: slurps ? streamedSlurp : undefined });
  try {
    filter.run(filter.isStreamed ? null : records, (value) => results.push(toJson(value)));
  } catch (error) {
    if (!(error instanceof FilterError)) throw error;
    results.push("!");
  }
  return results.join("\n");
}

test("a filter of all records gives the same when it takes them one by one", { timeout: 60_000 }, () => {
  let streamed = 0;
  for (const text of STREAMED) {
    if (compileFilter(text, { streamedSlurp }).isStreamed) streamed++;
    for (const json of RECORDS) {
      const records = fromJson(json) as readonly Value[];
      assert.equal(resultsOf(text, records, true), resultsOf(text, records, false), `${text} on ${json}`);
    }
  }
  assert.ok(streamed >= STREAMED.length - 2, `${streamed} of ${STREAMED.length}`);
});

test("what needs all records at once is not streamed", () => {
  for (const text of [
    ".",
    "sort",
    "group_by(.g)",
    "group_by(.g) | map(sort)",
    "map(.x) | sort",
    "reverse",
    ".[1:]",
    "map(.x)",
  ]) {
    assert.equal(compileFilter(text, { streamedSlurp }).isStreamed, false, text);
  }
});

test("--explain says how records would be filtered", { timeout: 60_000 }, async () => {
  const explained = async (...args: readonly string[]): Promise<string> =>
    succeeded(await runJn(["filter", "--explain", ...args]));
  assert.match(await explained("-s", "map(.x) | add"), /one by one/);
  assert.match(await explained("-s", "sort"), /held in memory/);
  assert.match(await explained(".x > 1"), /not parsed/);
  assert.match(await explained("map(.x)"), /is parsed/);
});

test("a wrong record among many is named when records are aggregated", { timeout: 60_000 }, async () => {
  const input = '{"x":1}\n{"x":\n';
  failed(await runJn(["filter", "-s", "map(.x) | add"], { input }), 3, /^jn filter: standard input:2:/);
});
