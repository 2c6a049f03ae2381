import assert from "node:assert/strict";
import { test } from "node:test";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { hostileEvents, writeJournal } from "./support/journals.ts";
import { PROGRAM, workFolder } from "./support/threepio.ts";

test(
  "mcp: the official client lists the tools, and gets the commands' answers from each",
  { timeout: 120_000 },
  async (context) => {
    const cwd = workFolder(context);
    for (const id of ["20260101T000000-0001", "20260101T000000-0002"]) writeJournal(cwd, hostileEvents(), { id });
    const client = new Client({ name: "test", version: "1" });
    await client.connect(new StdioClientTransport({ command: process.execPath, args: [PROGRAM, "mcp"], cwd }));
    context.after(async () => await client.close());
    const { tools } = await client.listTools();
    assert.deepEqual(
      tools.map(({ name }) => name),
      ["list_runs", "show_run", "failures", "show_test", "test_output", "diff_runs", "slowest_tests", "flaky_tests"],
    );
    assert.ok(tools.every(({ annotations }) => annotations?.readOnlyHint === true));
    const ask = async (name: string, given: Record<string, unknown> = {}): Promise<string> => {
      const { content, isError } = await client.callTool({ name, arguments: given });
      const [{ text } = { text: "" }] = content as readonly { readonly text: string }[];
      assert.ok(isError !== true, text);
      return text;
    };
    const run = "20260101T000000-0002";
    assert.equal((await ask("list_runs", { limit: 1 })).split("\n").length, 1);
    assert.equal((JSON.parse(await ask("show_run", { run })) as { readonly id: string }).id, run);
    assert.match(await ask("failures", { run, budget: 500 }), /^\d+ failures, \d+ causes\n/);
    assert.match(await ask("show_test", { run, test: "never ends" }), /^CRASHED tests\/plain\.py > never ends\n/);
    assert.equal(await ask("test_output", { run, test: "tests/plain > plain > plain" }), "plain\nplain");
    assert.deepEqual((JSON.parse(await ask("diff_runs", { after: run })) as { readonly counts: object }).counts, {
      new: 0,
      still: 10,
      fixed: 0,
      added: 0,
      removed: 0,
    });
    assert.equal((await ask("slowest_tests", { run, limit: 3 })).split("\n").length, 3);
    assert.match(await ask("flaky_tests"), /"retried":2/);
    const wrong = await client.callTool({ name: "show_test", arguments: { run, test: "not there" } });
    assert.equal(wrong.isError, true);
    assert.match(JSON.stringify(wrong.content), /there is no test 'not there'/);
  },
);
