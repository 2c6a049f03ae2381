import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { described, failed, folderWith, runJn, runShell, succeeded } from "./support/jn.ts";

const CSV = `x,y\n${Array.from({ length: 5000 }, (_, index) => `${index},text ${index * 7}`).join("\n")}\n`;
const RECORDS = Array.from({ length: 5000 }, (_, index) => `{"x":${index},"y":"text ${index * 7}"}\n`).join("");

describe("members of ZIP archives", { timeout: 120_000 }, () => {
  for (const level of ["-0", "-9"]) {
    test(`what zip ${level} packs is read, by the member's own format`, async (context) => {
      const cwd = folderWith(context, { "in.csv": CSV, "b.json": "[1,2]" });
      zip(cwd, level, "a.zip", "in.csv", "b.json");
      const outcome = await runJn(["cat", "a.zip!in.csv", "a.zip!b.json", "a.zip!b.json~lines"], { cwd });
      assert.equal(succeeded(outcome), `${RECORDS}1\n2\n{"line":1,"text":"[1,2]"}\n`, described(outcome));
      const head = await runShell("jn cat 'a.zip!in.csv?x>4' | head -n 1", { cwd });
      assert.equal(succeeded(head), '{"x":5,"y":"text 35"}\n', described(head));
    });
  }

  test("a missing member, archive or directory; damage; a cut: errors that name them", async (context) => {
    const cwd = folderWith(context, { "in.csv": CSV, "no.zip": "x\n1\n" });
    zip(cwd, "-9", "a.zip", "in.csv");
    const whole = readFileSync(join(cwd, "a.zip"));
    const damaged = Buffer.from(whole);
    damaged.fill(0x5a, 4000, 4010);
    writeFileSync(join(cwd, "damaged.zip"), damaged);
    writeFileSync(join(cwd, "cut.zip"), whole.subarray(0, whole.length - 30));
    const wrongSum = Buffer.from(whole);
    const entry = wrongSum.lastIndexOf(Buffer.from([0x50, 0x4b, 1, 2]));
    wrongSum.writeUInt32LE(1, entry + 16);
    writeFileSync(join(cwd, "sum.zip"), wrongSum);
    for (const [address, status, message] of [
      ["a.zip!none.csv", 3, /a\.zip: there is no member 'none\.csv'; there are: in\.csv/],
      ["none.zip!in.csv", 4, /cannot open none\.zip: no such file/],
      ["no.zip!in.csv", 3, /no\.zip: it is no ZIP archive, or cut off/],
      ["cut.zip!in.csv", 3, /cut\.zip: it is no ZIP archive, or cut off/],
      ["damaged.zip!in.csv", 3, /damaged\.zip!in\.csv/],
      ["sum.zip!in.csv", 3, /sum\.zip!in\.csv: it is not what the archive says/],
    ] as const) {
      failed(await runJn(["cat", address], { cwd }), status, message);
    }
  });

  test("a member that would grow a thousandfold stops; the bound can be raised", async (context) => {
    const cwd = folderWith(context, { "in.ndjson": "1\n".repeat(15_000_000) });
    zip(cwd, "-9", "a.zip", "in.ndjson");
    failed(await runShell("jn cat 'a.zip!in.ndjson' > /dev/null", { cwd }), 3, /more than 100 times as many/);
    const allowed = await runShell("jn cat 'a.zip!in.ndjson?max-expand=2000' | wc -c", { cwd });
    assert.equal(succeeded(allowed).trim(), "30000000", described(allowed));
  });
});

function zip(cwd: string, ...args: readonly string[]): void {
  const { status, stderr } = spawnSync("zip", ["-q", ...args], { cwd, encoding: "utf8" });
  assert.equal(status, 0, `zip ${args.join(" ")}: ${stderr}`);
}
