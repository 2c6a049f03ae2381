import assert from "node:assert/strict";
import { test } from "node:test";
import { described, failed, runJn, runShell, succeeded } from "./support/jn.ts";

const IS_HEAVY = process.env["JN_TEST_HEAVY"] === "1";

const SMALL_HEAP = { env: { ...process.env, NODE_OPTIONS: "--max-old-space-size=64" } };

const HEAVY: readonly (readonly [command: string, message: RegExp])[] = [
  [
    "seq 1 100000000 | jn filter -s 'group_by(.) | map({k: .[0], n: length})'",
    /what is held of the records fills the memory/,
  ],
  [`yes '{"a":[1,2,3]}' | jn filter -n '[inputs]'`, /too large|fills the memory/],
];

test("what holds an endless input stops with an error, long before the memory ends", { timeout: 300_000 }, async () => {
  for (const [command, message] of [
    ["yes 1 | jn filter -s . --max-slurp-bytes 1M", /longer than the 1048576 bytes that --slurp holds/],
    ["yes 1 | jn filter -Rs length --max-slurp-bytes 1M", /longer than the 1048576 bytes that --slurp holds/],
    [`yes '{"a":[1,2,3]}' | jn filter -s 'sort'`, /what is held of the records fills the memory/],
    ...(IS_HEAVY ? HEAVY : []),
  ] as const) {
    const outcome = await runShell(command, SMALL_HEAP);
    failed(outcome, 3, message);
    assert.doesNotMatch(outcome.stderr, /FATAL/, described(outcome));
  }
});

test("a filter that makes ever more stops with an error", { timeout: 300_000 }, async () => {
  for (const filter of [
    "[range(1e12)]",
    '[repeat("x" * 1000)]',
    "reduce range(1e12) as $i ([]; . + [$i])",
    ...(IS_HEAVY ? ["reduce range(1e12) as $i ({}; .[$i | tostring] = $i)", "[range(1e12) | tostring]"] : []),
    "reduce range(60) as $i ([0]; . + .)",
    'reduce range(100) as $i ("x"; . + .)',
    "reduce range(100) as $i (0; [., .])",
    '"x" * 1e9',
  ]) {
    const outcome = await runJn(["filter", "-n", filter], SMALL_HEAP);
    failed(outcome, 3, /too large|too long|fills the memory/);
  }
});

test("a filter without end stops after so many rounds", { timeout: 120_000 }, async () => {
  for (const filter of [
    "last(range(1e12))",
    "def f: f; f",
    "last(repeat(1))",
    "until(false; .)",
    "try until(false; .) catch 1",
  ])
    failed(await runJn(["filter", "-n", "--max-steps", "100000", filter]), 3, /goes on for more than 100000 rounds/);
  const input = "1\n2\n3\n";
  // They are counted for each record.
  assert.equal(
    succeeded(await runJn(["filter", "--max-steps", "100", "[range(90)] | length"], { input })),
    "90\n90\n90\n",
  );
});

test("values as deep as an input can be are written, read and looked through", { timeout: 120_000 }, async () => {
  const deep = "reduce range(9999) as $i ([]; [.])";
  for (const [filter, output] of [
    [`${deep} | tojson | fromjson | flatten`, "[]"],
    [`${deep} | [..] | length`, "10000"],
    [`${deep} | tostring | length`, "20000"],
    [`${deep} | [.] | tojson | try fromjson catch contains("Exceeds depth limit for parsing")`, "true"],
    [`${deep} | [[.]] | tojson | contains("<skipped: too deep>")`, "true"],
    ["[range(10000) | 0] as $p | null | setpath($p; 1) | getpath($p)", "1"],
    ["try ([range(10001) | 0] as $p | null | setpath($p; 1)) catch .", '"Path too deep"'],
    ["try ([range(10001) | 0] as $p | null | getpath($p)) catch .", '"Path too deep"'],
  ] as const)
    assert.equal(succeeded(await runJn(["filter", "-n", filter])), `${output}\n`, filter);
});

test("get_search_list has the folders of modules", async () => {
  assert.equal(succeeded(await runJn(["filter", "-nc", "-L", "a", "-L", "/b", "get_search_list"])), '["a","/b"]\n');
});
