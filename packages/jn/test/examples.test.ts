import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { flagsOf } from "../src/cli/common-flags.ts";
import { flagUsage } from "../src/cli/help.ts";
import { COMMAND_NAMES, loadCommands } from "../src/commands/registry.ts";
import { described, folderWith, runJn, runShell, succeeded } from "./support/jn.ts";

const PACKAGES = join(dirname(fileURLToPath(import.meta.url)), "../../..");
const commands = await loadCommands();

for (const command of commands) {
  for (const example of command.examples) {
    test(`example of jn ${command.name} prints what it says: ${example.title}`, async (context) => {
      const cwd = folderWith(context, example.files);
      const outcome = await runShell(example.command, {
        cwd,
        env: { ...process.env, XDG_DATA_HOME: join(cwd, "data") },
      });
      assert.equal(succeeded(outcome), example.output, described(outcome));
    });
  }

  test(`jn ${command.name} --help names every flag, with its values and its help, and every example`, async () => {
    const outcome = await runJn([command.name, "--help"]);
    const help = succeeded(outcome);
    for (const flag of flagsOf(command)) {
      const line = help.split("\n").find((candidate) => candidate.includes(`${flagUsage(flag)} `));
      assert.ok(line?.endsWith(flag.help), `${flagUsage(flag)}: ${described(outcome)}`);
    }
    for (const { title, command: typed } of command.examples) {
      assert.ok(help.includes(`  # ${title}\n  ${typed}\n`), `${title}: ${described(outcome)}`);
    }
    assert.match(help, new RegExp(`^jn ${command.name}: `), described(outcome));
    assert.ok(help.includes(`${`Usage: jn ${command.name} ${command.usage}`.trimEnd()}\n`), described(outcome));
    assert.ok(help.endsWith("\n") && !help.endsWith("\n\n"), described(outcome));
  });

  test(`jn ${command.name}: has an example, and help by every way of asking for it`, async () => {
    assert.ok(command.examples.length > 0, `jn ${command.name} has no example`);
    const help = succeeded(await runJn([command.name, "--help"]));
    for (const args of [
      [command.name, "-h"],
      ["help", command.name],
      [command.name, "--help", "surplus.csv"],
    ]) {
      const outcome = await runJn(args);
      assert.equal(succeeded(outcome), help, described(outcome));
    }
  });
}

test("jn, jn --help, jn -h and jn help list every command with its summary", async () => {
  for (const args of [[], ["--help"], ["-h"], ["help"]]) {
    const outcome = await runJn(args);
    const overview = succeeded(outcome);
    for (const { name, summary } of commands) {
      assert.match(overview, new RegExp(`^  ${name} +${summary}$`, "m"), described(outcome));
    }
  }
  assert.deepEqual(
    commands.map(({ name }) => name),
    COMMAND_NAMES,
  );
});

test("jn --version says which backends are active, and why", async () => {
  const env = { ...process.env, CUPRUM_STREAM_BACKEND: "node", JN_BACKEND: "node" };
  const { status, stdout } = await runJn(["--version"], { env });
  assert.match(
    stdout,
    /^jn \S+\nstream backend: node \(CUPRUM_STREAM_BACKEND asks for it\)\nrecord backend: node \(JN_BACKEND asks for it\)\nlinked stages: (?:yes|no) \(.+\)\n$/,
  );
  assert.equal(status, 0);
  const unknown = await runJn(["--version"], { env: { ...process.env, CUPRUM_STREAM_BACKEND: "steam" } });
  assert.match(
    succeeded(unknown),
    /\nstream backend: none \(CUPRUM_STREAM_BACKEND is "steam"; it can be auto, rust, node\)\n/,
  );
});

test("jn --version is the version of the workspace and of every package", async () => {
  const outcome = await runJn(["--version"]);
  const version =
    /^jn (\S+)\nstream backend: (?:rust|node) \(.+\)\nrecord backend: (?:rust|node) \(.+\)\nlinked stages: (?:yes|no) \(.+\)\n$/.exec(
      succeeded(outcome),
    )?.[1];
  assert.ok(version !== undefined, described(outcome));
  const folders = readdirSync(PACKAGES, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const manifests = ["../package.json", ...folders.map(({ name }) => `${name}/package.json`)];
  for (const path of manifests) {
    const manifest = JSON.parse(readFileSync(join(PACKAGES, path), "utf8")) as { readonly version: unknown };
    assert.equal(manifest.version, version, `${path}: ${described(outcome)}`);
  }
});
