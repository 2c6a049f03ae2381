import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { loadNative } from "@cuprum/native";
import fc from "fast-check";
import { aggregateList } from "../src/aggregates/aggregate-list.ts";
import { fieldList } from "../src/keys/field-list.ts";
import { groupedRecords } from "../src/stages/group/grouped-records.ts";
import { sameForEveryChunkSize, withCuts } from "./support/cuts.ts";
import { described, failed, runJn, succeeded } from "./support/jn.ts";

const load = loadNative();
const skip = load.available || process.env["REQUIRE_NATIVE"] === "1" ? false : `no native module: ${load.reason}`;
const timeout = 60_000;
const folder = mkdtempSync(join(tmpdir(), "jn-backends-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const backend = (name: string): { readonly env: NodeJS.ProcessEnv } => ({ env: { ...process.env, JN_BACKEND: name } });

/** A megabyte of rows in the usual form, and rows that only the reference takes. */
const CSV = `id,name,score\n${Array.from({ length: 40_000 }, (_, id) => `${id},"n ""${id}""",${id / 8}\n`).join("")}`;
const path = join(folder, "data.csv");
writeFileSync(path, CSV);

test("jn cat: both record backends write the same bytes", { timeout, skip }, async () => {
  const [node, rust, auto] = [
    await runJn(["cat", path], backend("node")),
    await runJn(["cat", path], backend("rust")),
    await runJn(["cat", path], backend("auto")),
  ];
  const expected = succeeded(node);
  assert.equal(expected.split("\n").length, 40_001);
  assert.ok(succeeded(rust) === expected, "rust backend: other bytes");
  assert.ok(succeeded(auto) === expected, "auto: other bytes");
});

test("jn cat: both record backends stop at the same bad row with the same message", { timeout, skip }, async () => {
  const bad = join(folder, "bad.csv");
  writeFileSync(bad, `${CSV}7,"never closed\n1,2,3\n`);
  const [node, rust] = [await runJn(["cat", bad], backend("node")), await runJn(["cat", bad], backend("rust"))];
  const expected = failed(
    node,
    3,
    /:40002:3 \(byte \d+\): column 'name': the quote that opens this cell is never closed/,
  );
  assert.ok(failed(rust, 3, /never closed/) === expected, "rust backend: other records before the bad one");
  assert.equal(rust.stderr, node.stderr);
});

test(
  "an unknown record backend is an error that names those there are, before anything is read",
  { timeout },
  async () => {
    const outcome = await runJn(["cat", path], backend("steam"));
    assert.equal(failed(outcome, 2, /JN_BACKEND is "steam"; it can be auto, rust or node/), "", described(outcome));
  },
);

test("jn group: both record backends make the same groups, or fail at the same record", { timeout, skip }, () => {
  assert.ok(load.available);
  const records = load.module.recordKernels();
  const keys = ['"a"', '"b"', '"\u00e9"', '"\\u0061"', '"c\\n"', "null", "1", "1.0", "true", "[1]", '{"x":2}', '""'];
  const values = ["1", "2.5", "-0.0", "1e3", "0.10", "12345678901234567890", "null", '"x"', "[]"];
  const member = (name: string, texts: readonly string[], rare: number) =>
    fc
      .nat({ max: 60 })
      .map((at) =>
        at < 45 ? `"${name}":${texts[at % rare]}` : at < 55 ? `"${name}":${texts[at % texts.length]}` : "",
      );
  const line = fc
    .tuple(
      member("k", keys, 3),
      member("v", values, 2),
      fc.constantFrom('"z":"long text, to be passed over"', '"z":{"k":1}', ""),
    )
    .map((members) => `{${members.filter((text) => text !== "").join(",")}}`);
  const odd = fc.constantFrom("", "  ", "7", "[]", '{"k": "a" , "v": 1}', '{"k":"a","v":1', "nope");
  const lines = fc.array(fc.oneof({ arbitrary: line, weight: 40 }, { arbitrary: odd, weight: 1 }), { maxLength: 30 });
  const input = withCuts(lines.map((texts) => Buffer.from(texts.map((text) => `${text}\n`).join(""))));
  const lists = [
    "n: count, s: sum(.v)",
    "count(.v), min(.v), max(.v), first(.v), last(.v)",
    "collect(.v), distinct(.v)",
    "n: collect",
  ];
  const by = fc.constantFrom("k", "k,.z.k", undefined);
  fc.assert(
    fc.property(
      input,
      fc.constantFrom(...lists),
      by,
      fc.constantFrom(600, 100_000),
      ([bytes, cuts], list, names, memoryBytes) => {
        const options = {
          source: "in",
          by: names === undefined ? [] : fieldList(names, "--by"),
          aggregates: aggregateList(list),
          memoryBytes,
        };
        const expected = sameForEveryChunkSize(() => groupedRecords(options), bytes, cuts);
        const actual = sameForEveryChunkSize(() => groupedRecords({ ...options, kernels: () => records }), bytes, cuts);
        assert.equal(actual, expected);
      },
    ),
    { seed: 20261121, numRuns: process.env["JN_TEST_HEAVY"] === "1" ? 5000 : 150 },
  );
});
