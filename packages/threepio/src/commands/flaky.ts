import { ExitCode } from "@jn/wire";
import type { Command } from "../cli/command.ts";
import { print } from "../cli/console.ts";
import { jsonLines } from "../cli/json-lines.ts";
import { atMost, countOf, JSON_FLAG } from "../cli/positionals.ts";
import { loadedHistory } from "../queries/loaded-history.ts";
import { oneLine } from "../reports/markdown.ts";

export const flaky: Command = {
  name: "flaky",
  summary: "show tests that passed on a retry, or changed between runs of the same tree",
  usage: "[FLAG...]",
  details: [
    "Looks at all runs in .3pio/runs. Runs are of the same tree when the files in the git repository were the same, changes and new " +
      "files included; where there is no repository, only retries count. With --json a record each: id, title, runs, failed, " +
      "retried, trees, lastRun.",
    "The runs are kept in .3pio/history.sqlite, which is made of the journals, and can be deleted at any time.",
  ],
  flags: [{ name: "limit", value: "N", help: "at most so many tests (20)" }, JSON_FLAG],
  examples: [{ title: "the least reliable test", command: "3pio flaky --limit 1" }],
  async run({ flags, rest, cwd }) {
    atMost(rest, 0);
    const limit = countOf(flags, "limit", 20);
    const { withHistory } = await loadedHistory();
    const { flakyTests } = await import("../history/flaky-tests.ts");
    const tests = await withHistory(cwd, (database) => flakyTests(database, limit));
    const lines = jsonLines();
    for (const test of tests) {
      if (flags.has("json")) lines.put(test);
      else print(`${test.id} ${oneLine(test.title)}\n  ${reasons(test)}\n`);
    }
    lines.end();
    if (tests.length === 0 && !flags.has("json")) print("no flaky tests\n");
    return ExitCode.ok;
  },
};

interface Reasons {
  readonly runs: number;
  readonly failed: number;
  readonly retried: number;
  readonly trees: number;
  readonly lastRun: string;
}

function reasons({ runs, failed, retried, trees, lastRun }: Reasons): string {
  return [
    ...(retried === 0 ? [] : [`passed on a retry in ${retried} of ${runs} runs`]),
    ...(trees === 0 ? [] : [`failed in ${failed} of ${runs} runs, also without a change`]),
    `last in ${lastRun}`,
  ].join("; ");
}
