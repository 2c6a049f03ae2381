// The cases in fixtures/commands/COMMAND/CASE, run through the real program: `cmd` is typed into a shell, in a copy of the folder.
// `expected` is what it prints; `stderr`, what it prints to standard error (default: nothing); `status`, its exit code (default: 0).
import assert from "node:assert/strict";
import { cpSync, existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { described, folderWith, runShell } from "./support/jn.ts";

/** What is not there when the command is run. */
const OUTCOME: ReadonlySet<string> = new Set(["expected", "stderr", "status"]);

const CASES = fileURLToPath(new URL("../../test/fixtures/commands", import.meta.url));

for (const command of readdirSync(CASES)) {
  describe(`jn ${command}`, { concurrency: 2 }, () => {
    for (const name of readdirSync(join(CASES, command))) {
      test(`${command}: ${name.replaceAll("-", " ")}`, { timeout: 60_000 }, async (context) => {
        const folder = join(CASES, command, name);
        const text = (file: string, otherwise: string): string =>
          existsSync(join(folder, file)) ? readFileSync(join(folder, file), "utf8") : otherwise;
        const cwd = folderWith(context);
        cpSync(folder, cwd, { recursive: true, filter: (path) => !OUTCOME.has(basename(path)) });
        const outcome = await runShell(text("cmd", "false"), { cwd, env: { ...process.env, JN_PLUGINS: "none" } });
        assert.equal(outcome.stdout, text("expected", ""), described(outcome));
        assert.equal(outcome.stderr, text("stderr", ""), described(outcome));
        assert.equal(outcome.status, Number(text("status", "0")), described(outcome));
      });
    }
  });
}
