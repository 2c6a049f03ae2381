// Completion as a shell that is there has it; bash has a case of its own among those of the commands.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { folderWith, JN_PATH, runShell, succeeded } from "./support/jn.ts";

test(
  "fish: commands, flags, fields, formats and profiles",
  { skip: hasFish() ? false : "there is no fish", timeout: 60_000 },
  async (context) => {
    const cwd = folderWith(context, { "people.csv": "name,age,city\nAda,36,London\n" });
    mkdirSync(join(cwd, ".jn/profiles/my"), { recursive: true });
    writeFileSync(join(cwd, ".jn/profiles/my/people.json"), '{"pattern":"people.csv"}');
    const bin = folderWith(context);
    writeFileSync(join(bin, "jn"), `#!/bin/sh\nexec '${process.execPath}' '${JN_PATH}' "$@"\n`, { mode: 0o755 });
    const env = { ...process.env, PATH: `${bin}:${process.env["PATH"]}`, XDG_CONFIG_HOME: folderWith(context) };
    const words = [
      "jn so",
      "jn sort --nu",
      "jn sort people.csv --by ci",
      "jn cat people.csv~nd",
      "jn cat @my/",
      "jn cat peo",
    ];
    const asked = words.map((word) => `complete -C "${word}"`).join("; ");
    const outcome = await runShell(`fish -c 'jn completion fish | source; ${asked}'`, { cwd, env });
    assert.deepEqual(succeeded(outcome).trim().split(/\s+/), [
      "sort",
      "--numeric",
      "city",
      "people.csv~ndjson",
      "@my/people",
      "people.csv",
    ]);
  },
);

function hasFish(): boolean {
  try {
    execFileSync("sh", ["-c", "command -v fish"]);
    return true;
  } catch {
    return false;
  }
}
