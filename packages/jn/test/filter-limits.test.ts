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
    failed(outcome, 3, /too large|too long|fills the memory|goes on for more/);
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

test("loops over what is there, and parts that are shared, stop as well", { timeout: 300_000 }, async () => {
  const shared = (leaf: string): string => `reduce range(60) as $i (${leaf}; [., .])`;
  const rounds = [
    "[range(1000)] as $x | last($x[] as $a | $x[] as $b | $x[] as $c | 1)",
    "[range(12) | [range(10)]] | last(combinations)",
    Array.from({ length: 60 }, () => "(1, 2)").join(" | "),
    `${shared("1")} | last(..)`,
    `${shared("1")} | last(paths)`,
  ];
  for (const filter of rounds)
    failed(
      await runJn(["filter", "-n", "--max-steps", "100000", `last(${filter})`], SMALL_HEAP),
      3,
      /goes on for more than 100000 rounds/,
    );
  for (const filter of [
    `${shared("1")} | flatten | length`,
    `${shared("1")} | length, tostream`,
    ...(IS_HEAVY
      ? [
          `${shared("1")} | tojson`,
          `${shared("1")} as $a | ${shared("1")} as $b | $a == $b`,
          `${shared("1")} as $a | ${shared("1")} as $b | $a | contains($b)`,
        ]
      : []),
  ]) {
    const outcome = await runJn(["filter", "-n", `[${filter}] | length`], SMALL_HEAP);
    failed(outcome, 3, /too large|too long|fills the memory|goes on for more/);
  }
});

test("what fails before a record is read has no place among the records", { timeout: 60_000 }, async () => {
  failed(await runJn(["filter", "-n", "1 | .a"]), 3, /^jn filter: the filter failed at column 5: Cannot index number/);
  failed(
    await runJn(["filter", "-n", "input, input | .a"], { input: '{"a":1}\n2\n' }),
    3,
    /^jn filter: standard input:2: the filter failed/,
  );
});

test("values as deep as an input can be are written, read and looked through", { timeout: 120_000 }, async () => {
  const deep = "reduce range(9999) as $i ([]; [.])";
  for (const [filter, output] of [
    [`${deep} | tojson | fromjson | flatten`, "[]"],
    [`${deep} | [..] | length`, "10000"],
    [`(${deep}) == (${deep})`, "true"],
    [`${deep} | tostring | length`, "20000"],
    [`${deep} | [.] | tojson | try fromjson catch contains("Exceeds depth limit for parsing")`, "true"],
    [`${deep} | [[.]] | tojson | contains("<skipped: too deep>")`, "true"],
    ["[range(10000) | 0] as $p | null | setpath($p; 1) | getpath($p)", "1"],
    ["try ([range(10001) | 0] as $p | null | setpath($p; 1)) catch .", '"Path too deep"'],
    ["try ([range(10001) | 0] as $p | null | getpath($p)) catch .", '"Path too deep"'],
  ] as const)
    assert.equal(succeeded(await runJn(["filter", "-n", filter])), `${output}\n`, filter);
});

test("what cannot be done with values as deep as that is a clean error", { timeout: 120_000 }, async () => {
  const deep = "reduce range(9999) as $i ([]; [.])";
  for (const filter of [`(${deep}) | contains([.])`, `${deep} | [tostream] | length`, `${deep} | walk(.)`])
    failed(
      await runJn(["filter", "-n", filter]),
      3,
      /^jn filter: the value is nested, or the filter recurses, too deeply/,
    );
});

test("get_search_list has the folders of modules", async () => {
  assert.equal(succeeded(await runJn(["filter", "-nc", "-L", "a", "-L", "/b", "get_search_list"])), '["a","/b"]\n');
});
