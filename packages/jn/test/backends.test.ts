import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { loadNative } from "@cuprum/native";
import type { Transcoder } from "@jn/wire";
import fc from "fast-check";
import { aggregateList } from "../src/aggregates/aggregate-list.ts";
import type { KernelSource } from "../src/kernels/native-records.ts";
import { fieldList } from "../src/keys/field-list.ts";
import { groupedRecords } from "../src/stages/group/grouped-records.ts";
import { joinOptions } from "../src/stages/join/join-settings.ts";
import { Join } from "../src/stages/join/join.ts";
import { sameForEveryChunkSize, withCuts } from "./support/cuts.ts";
import { described, failed, runJn, succeeded } from "./support/jn.ts";
import { transcode } from "./support/transcode.ts";

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
    "n: count, avg(.v), min(.k), max(.z), first(.k)",
    "collect(.v), distinct(.v)",
    "n: collect",
  ];
  const by = fc.constantFrom("k", "k,.z.k", undefined);
  fc.assert(
    fc.property(
      input,
      fc.constantFrom(...lists),
      by,
      fc.constantFrom(600, 100_000, 256 * 1024 * 1024),
      ([bytes, cuts], list, names, memoryBytes) => {
        const warnings: string[] = [];
        const options = {
          source: "in",
          warn: (message: string) => warnings.push(message),
          by: names === undefined ? [] : fieldList(names, "--by"),
          aggregates: aggregateList(list),
          memoryBytes,
        };
        const expected = sameForEveryChunkSize(() => groupedRecords(options), bytes, cuts);
        const said = warnings.splice(0);
        const actual = sameForEveryChunkSize(() => groupedRecords({ ...options, kernels: () => records }), bytes, cuts);
        assert.equal(actual, expected);
        assert.deepEqual(warnings, said);
      },
    ),
    { seed: 20261121, numRuns: process.env["JN_TEST_HEAVY"] === "1" ? 5000 : 150 },
  );
});

test("jn join: both record backends join the same records, or fail at the same one", { timeout, skip }, async () => {
  assert.ok(load.available);
  const records = load.module.recordKernels();
  const keys = [
    '"a"',
    '"1"',
    "1",
    "1.0",
    '"01"',
    "null",
    "true",
    '"\\u0061"',
    "12345678901234567",
    '"12345678901234567"',
    "[1]",
  ];
  const member = (name: string, texts: readonly string[], rare: number) =>
    fc
      .nat({ max: 60 })
      .map((at) =>
        at < 45 ? `"${name}":${texts[at % rare]}` : at < 55 ? `"${name}":${texts[at % texts.length]}` : "",
      );
  const line = (...members: fc.Arbitrary<string>[]) =>
    fc.tuple(...members).map((texts) => `{${texts.filter((text) => text !== "").join(",")}}`);
  const left = line(
    member("k", keys, 4),
    member("x", ["1", '"y\\n"', "{}"], 2),
    fc.constantFrom("", "", "", '"x_right":0'),
  );
  const right = line(member("k", keys, 6), member("x", ["2", '"\u00e9"', "[ 1 ]"], 3), member("t", ["5", "null"], 2));
  const odd = fc.constantFrom(
    "",
    " ",
    "7",
    '{"k":1',
    ' { "k" : 1 , "x" : 2 } ',
    '{"k":1 }\r',
    "{ }",
    '{"x":3,"k":1,"t":7}',
  );
  const linesOf = (usual: fc.Arbitrary<string>, rare: fc.Arbitrary<string>, maxLength: number) =>
    fc
      .array(fc.oneof({ arbitrary: usual, weight: 40 }, { arbitrary: rare, weight: 1 }), { maxLength })
      .map((texts) => Buffer.from(texts.map((text) => `${text}\n`).join("")));
  const settings = fc.record({
    on: fc.constantFrom("k", "k,x"),
    type: fc.constantFrom("inner", "left", "semi", "anti", "full"),
    strict: fc.boolean(),
    pick: fc.constantFrom(undefined, undefined, ["t", "none"]),
    prefix: fc.constantFrom("", "r_"),
  });
  const rights = linesOf(right, fc.constantFrom("", "{}"), 8);
  await fc.assert(
    fc.asyncProperty(withCuts(linesOf(left, odd, 30)), rights, settings, async ([bytes, cuts], rightBytes, asked) => {
      const options = await joinOptions({ ...asked, memoryBytes: 64 * 1024 });
      const warnings: string[] = [];
      const make = (kernels: KernelSource | undefined) => (): Transcoder => {
        const joined = new Join(options);
        transcode(() => joined.right({ source: "right" }), rightBytes);
        return joined.left({ source: "in", kernels, warn: (message) => warnings.push(message) });
      };
      const expected = sameForEveryChunkSize(make(undefined), bytes, cuts);
      const said = warnings.splice(0);
      assert.equal(
        sameForEveryChunkSize(
          make(() => records),
          bytes,
          cuts,
        ),
        expected,
      );
      assert.deepEqual(warnings, said);
    }),
    { seed: 20261122, numRuns: process.env["JN_TEST_HEAVY"] === "1" ? 5000 : 200 },
  );
});
