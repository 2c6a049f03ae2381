import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { loadNative } from "@cuprum/native";
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
