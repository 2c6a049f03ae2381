import { ExitCode } from "@jn/wire";
import type { Command } from "../cli/command.ts";
import { print } from "../cli/console.ts";
import { RUN_FLAG } from "../cli/flag.ts";
import { atMost, JSON_FLAG } from "../cli/positionals.ts";
import { fullRecordOf } from "../model/result-record.ts";
import { foundResult } from "../queries/found-result.ts";
import { resultText } from "../queries/result-text.ts";
import { consoleSummary } from "../reports/console-summary.ts";
import { runRecordOf } from "../reports/run-record.ts";
import { type OpenedRun, withRun } from "../run/opened-run.ts";
import { isRunName } from "../run/run-folder.ts";

export const show: Command = {
  name: "show",
  summary: "show a run, or a test of it with message, stack, output and earlier tries",
  usage: "[RUN | TEST] [FLAG...]",
  details: [
    "TEST is an id, the beginning of one, a title (file > group > name), or a part of it that no other test has. RUN is the id " +
      "of a run, the beginning of one, the path of its folder, or latest (the default).",
  ],
  flags: [RUN_FLAG, JSON_FLAG],
  examples: [
    { title: "the last run", command: "3pio show" },
    { title: "a test of it", command: "3pio show 'test_sum.py > test_negative'" },
  ],
  async run({ flags, rest, cwd }) {
    const [name] = atMost(rest, 1);
    const isJson = flags.has("json");
    if (name === undefined || (!flags.has("run") && isRunName(cwd, name))) {
      await withRun(cwd, name ?? flags.get("run") ?? "latest", (run) => print(isJson ? runJson(run) : runText(run)));
      return ExitCode.ok;
    }
    await withRun(cwd, flags.get("run") ?? "latest", (run) => {
      const { collection, folder } = run;
      const result = foundResult(run, name);
      const record = fullRecordOf(folder.id, result, collection.detailOf(result.entry), (entry) =>
        collection.detailOf(entry),
      );
      const again = result.kind === "error" ? undefined : collection.commandAgain(result);
      if (isJson) print(`${JSON.stringify({ ...record, ...(again === undefined ? {} : { again }) })}\n`);
      else print(resultText(record, again));
    });
    return ExitCode.ok;
  },
};

function runJson({ folder, summary }: OpenedRun): string {
  return `${JSON.stringify(runRecordOf(folder.id, summary))}\n`;
}

function runText({ folder, summary, collection }: OpenedRun): string {
  const reportPath = `${folder.path}/test-run.md`;
  return consoleSummary(summary, { reportPath, describe: (failure) => collection.describe(failure) });
}
