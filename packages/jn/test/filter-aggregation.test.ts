import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { loadBuiltins } from "../src/filter/builtins/native.ts";
import { loadAggregation } from "../src/filter/aggregation/aggregation.ts";
import { compileFilter } from "../src/filter/compiler/compile.ts";
import { FilterError } from "../src/filter/value/filter-error.ts";
import { toJson } from "../src/filter/value/json-text.ts";
import { fromJson } from "../src/filter/builtins/types.ts";
import type { Value } from "../src/filter/value/value.ts";
import { described, failed, folderWith, runJn, succeeded } from "./support/jn.ts";

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
  ".[0]", ".[-1]", ".[0].x?", "first | .x?", "map(.x) | .[0]", "map(.y[]?) | [first, last]", "[min, max, length]", "-length",
  "{n: length, s: (map(.x) | add), g: ([.[].g] | unique), l: last}", "(map(.x) | add) / length", "map(.x) | add / length",
  "[.[] | select(.x > 1) | .x] | max", "add(.[].x)", "add(.[] | .x // 1)", "any(.x == 5)", "all(.x > 0)", "map(.x) | any, all",
  "map(.y[]?) | min_by(-.), max_by(. % 2), unique_by(. % 2), length, sum(.), any(. == 7), all(. > 1)",
  "if length > 3 then length else 0 end", "length as $n | [$n, length]", '"\\(length) records, \\(map(.x) | max)"',
  "map({a: .x, g}) | max_by(.a) | .g", "map(select(.g == \"a\")) | map(.x) | add", "map(.x) | {(length | tostring): max}",
  "sort_by(.x)[:2]", "sort_by(.x)[-2:]", "sort_by(.x) | reverse | .[:2]", "sort_by(.x) | .[0]", "sort_by(.x) | last", "sort[:3]",
  "sort[-1]", "sort | reverse | first", "sort_by(.g, .x)[:3] | map(.x)", "sort_by(.g)[:2]", "sort_by(.g)[-2:]", "sort_by(.g)[0:1][0].x?",
  "sort_by(-.x)[:1]", "map(.x) | sort[:2]", "sort_by(.x)[:0]", "sort_by(.x)[:100] | length", "sort_by(.g) | reverse | .[-2:]",
  "sort_by(.x)[1]", "sort_by(.x)[2:4]", "sort_by(.x)[-2]", "def f: .x; map(f) | add", "def f(g): map(g) | add; length", "[sort_by(.x)[0], max_by(.x)]",
  "group_by(.g) | map({g: .[0].g, n: length})", "group_by(.g) | map({g: first.g, s: (map(.x) | add), m: (map(.x) | max)})",
  "group_by(.g) | map([.[0].g, (map(.x) | add) / length, sum(.x), avg(.x), count]) | sort_by(.[1])",
  "group_by(.g) | map({l: last, a: min_by(.x), b: max_by(.x).x})",
  "group_by(.g, .x > 2) | map({k: .[0], n: (map(select(.x > 1)) | length), y: (map(.y[]?) | min), t: (map(.x) | any)})",
  "group_by(.g) | map({n: length}) | map(.n) | add", "group_by(.g) | .[] | {g: .[0].g, n: length}", "group_by(.g)[] | length",
  "group_by(.g) | map({(.[0].g | tostring): length}) | add", "group_by(.g) | map({key: (.[0].g | tostring), value: length}) | from_entries",
  "group_by(.g) | map({g: .[0].g, n: length}) | sort_by(-.n) | .[:1] | to_entries", "group_by(.g) | map(max_by(.x))", "group_by(.x) | length",
  "group_by(.g) | map(sort_by(.x)[-1])", "group_by(.g) | map([.[].x] | add)", "group_by(.g) | map(unique_by(.x) | length)",
  "map(select(.x)) | group_by(.g) | map([.[0].g, .[0].x, .[0].y, length])", "group_by(type) | map({t: (.[0] | type), n: length})",
  "group_by(.g) | map(length as $n | {n: $n, first: .[0].x})", "group_by([.g, .x]) | map([length, .[0].g])", "group_by(.y[]?) | map(length)",
  "to_entries | length", "group_by(.g) | map(if length > 1 then length else -length end)",
]; // prettier-ignore

function outcomeOf(run: (result: (value: Value) => void) => void): string {
  const results: string[] = [];
  try {
    run((value) => results.push(toJson(value)));
  } catch (error) {
    if (!(error instanceof FilterError)) throw error;
    results.push("!");
  }
  return results.join("\n");
}

const HELD = new Set(["group_by(.x) | length", "to_entries | length"]);

test("a filter of all records gives the same when it takes them one by one", { timeout: 60_000 }, async () => {
  for (const text of STREAMED) {
    const filter = compileFilter(text);
    assert.equal((await loadAggregation(text, {})) === undefined, HELD.has(text), text);
    for (const json of RECORDS) {
      const records = fromJson(json) as readonly Value[];
      const aggregation = await loadAggregation(text, {});
      if (aggregation === undefined) continue;
      const ours = outcomeOf((result) => {
        for (const record of records) aggregation.rows.run(record, aggregation.add);
        aggregation.rest.run(aggregation.result(), result);
      });
      const inGroups = await loadAggregation(text, {});
      const byRecord = outcomeOf((result) => {
        for (const record of records) {
          const rows: Value[] = [];
          inGroups!.rows.run(record, (row) => rows.push(row));
          inGroups!.addAll(rows);
        }
        inGroups!.rest.run(inGroups!.result(), result);
      });
      assert.equal(byRecord, ours, `${text} on ${json}, record by record`);
      assert.equal(ours, outcomeOf((result) => filter.run(records, result)), `${text} on ${json}`); // prettier-ignore
    }
  }
});

test("the first and last of many sorted records are right, and equal ones in their order", async () => {
  const random = seeded(7);
  for (const count of [0, 1, 5, 100, 3000]) {
    const records = Array.from({ length: count }, (_, at): Value => ({ k: Math.floor(random() * 20), at }));
    for (const most of [0, 1, 3, 50, 1000, 10_000]) {
      for (const text of [
        `sort_by(.k)[:${most}]`,
        `sort_by(.k)[-${most}:]`,
        `sort_by(.k) | reverse | .[:${most}]`,
        `sort_by(.k) | reverse | .[-${most}:]`,
        `sort_by(.k)[${most}]`,
      ]) {
        const aggregation = await loadAggregation(text, {});
        if (aggregation === undefined) {
          assert.equal(most, 0, text);
          continue;
        }
        for (const record of records) aggregation.rows.run(record, aggregation.add);
        const [ours, whole]: Value[][] = [[], []];
        aggregation.rest.run(aggregation.result(), (value) => ours!.push(value));
        compileFilter(text).run(records, (value) => whole!.push(value));
        assert.deepEqual(ours, whole, `${text} of ${count}`);
      }
    }
  }
});

test("what needs all records at once is held", async () => {
  for (const text of [
    ".", "sort", "group_by(.g)", "group_by(.g) | map(sort)", "map(.x) | sort", "reverse", ".[1:]", "map(.x)", "sort_by(.x)", ".[0], .",
    "sort_by(.x)[:$ENV.n]", "sort_by(.x)[:-1]", "map(.x) | length as $n | map(. / $n) | add", "length, inputs", "(add)?",
    "def map(f): 1; map(.x) | add", "if length > 0 then add else null end", "length as $n | map(.x + $n) | add", "def length: 1; length",
    "input_line_number, length", "length // add", "try length catch add",
  ]) assert.equal(await loadAggregation(text, {}), undefined, text); // prettier-ignore
});

test("--explain says how records would be filtered", { timeout: 60_000 }, async () => {
  const explained = async (...args: readonly string[]): Promise<string> =>
    succeeded(await runJn(["filter", "--explain", ...args]));
  assert.match(await explained("-s", "map(.x) | add"), /one by one.*not parsed/);
  assert.match(await explained("-s", "sort_by(.x)[:3]"), /one by one.*is parsed/);
  assert.match(await explained("-s", "sort"), /held in memory/);
  assert.match(await explained(".x > 1"), /not parsed/);
  assert.match(await explained("map(.x)"), /is parsed/);
});

test(
  "jn filter -s: aggregated from files of any format, with what went wrong and where",
  { timeout: 60_000 },
  async (context) => {
    const cwd = folderWith(context, {
      "a.csv": "g,x\na,1\nb,2\na,3\n",
      "b.ndjson.gz": gzipSync('{"g":"a","x":10}\n'),
      "wrong.ndjson": '{"x":1}\n{"x":"a"}\n',
    });
    const sums = "group_by(.g) | map({g: .[0].g, n: length, x: (map(.x) | add)})";
    assert.equal(
      succeeded(await runJn(["filter", "-s", sums, "a.csv", "b.ndjson.gz"], { cwd })),
      '[{"g":"a","n":3,"x":14},{"g":"b","n":1,"x":2}]\n',
    );
    assert.equal(succeeded(await runJn(["filter", "-s", "length", "-"], { cwd })), "0\n");
    assert.equal(
      succeeded(await runJn(["filter", "-s", "--indent", "1", "{n: length}", "a.csv"], { cwd })),
      '{\n "n": 3\n}\n',
    );
    failed(
      await runJn(["filter", "-s", "map(.x * 2 | . + 1) | add", "wrong.ndjson"], { cwd }),
      3,
      /wrong\.ndjson:2: the filter failed at column 14: /,
    );
    failed(
      await runJn(["filter", "-s", "map(.x) | add | .a", "a.csv"], { cwd }),
      3,
      /the filter failed at column 17: Cannot index number/,
    );
    assert.equal((await runJn(["filter", "-se", "map(.x) | any(. > 5)", "a.csv"], { cwd })).status, 1);
  },
);

test("a record that is passed over adds nothing, whatever it gave before it failed", { timeout: 60_000 }, async () => {
  const input = '{"g":"a","x":1}\n{"g":"a","x":"s"}\n{"g":"new","x":null,"y":{}}\n{"g":"a","x":2}\n';
  for (const [filter, output] of [
    ["{n: length, s: (map(.x) | add)}", '{"n":3,"s":3}'],
    ["{s: (map(.x) | add), n: length}", '{"s":3,"n":3}'],
    ["map(.x, .x) | {n: length, s: add}", '{"n":6,"s":6}'],
    // It fails after its first row.
    ['map(1, (.y | if . then error("no") else 2 end)) | {n: length, s: add}', '{"n":6,"s":9}'],
    // Only its second row does not go with the others.
    ["map(.x, (.y // 0)) | [length, add]", "[4,3]"],
    ["avg(.x), length", "1\n3"],
    [
      "group_by(.g) | map({g: .[0].g, n: length, s: (map(.x) | add)})",
      '[{"g":"a","n":2,"s":3},{"g":"new","n":1,"s":null}]',
    ],
    ["map(select(.y or .x)) | group_by(.g) | map({g: .[0].g, s: sum(.x, (.y // 0))})", '[{"g":"a","s":3}]'],
  ] as const) {
    const outcome = await runJn(["filter", "-s", "--on-error=skip", filter], { input });
    assert.equal(outcome.stdout, `${output}\n`, filter + described(outcome));
  }
});

test("a record that is passed over has no last result", { timeout: 60_000 }, async () => {
  const outcome = await runJn(["filter", "-e", "--on-error=skip", '., (.x | if . then error("no") else 1 end)'], {
    input: '{"x":1}\n',
  });
  assert.equal(outcome.status, 4, described(outcome));
});

test("a wrong record among many is named when records are aggregated", { timeout: 60_000 }, async () => {
  const input = '{"x":1}\n{"x":\n';
  failed(await runJn(["filter", "-s", "map(.x) | add"], { input }), 3, /^jn filter: standard input:2:/);
});

/** Numbers from 0 to below 1 (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
