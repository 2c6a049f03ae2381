import { ExitCode } from "@jn/wire";
import type { Command } from "../cli/command.ts";
import { print } from "../cli/console.ts";
import { jsonLines } from "../cli/json-lines.ts";
import { atMost, countOf, JSON_FLAG } from "../cli/positionals.ts";
import { recordOf, titleOf } from "../model/result-record.ts";
import { slowest as slowestOf } from "../queries/slowest.ts";
import { duration, oneLine } from "../reports/markdown.ts";
import { withRun } from "../run/opened-run.ts";

export const slowest: Command = {
  name: "slowest",
  summary: "show the tests that took longest",
  usage: "[RUN] [FLAG...]",
  details: ["Times are the runner's own. With --json a record each, the slowest first."],
  flags: [{ name: "limit", value: "N", help: "so many tests (10)" }, JSON_FLAG],
  examples: [{ title: "the three slowest of the last run", command: "3pio slowest --limit 3" }],
  async run({ flags, rest, cwd }) {
    const [name = "latest"] = atMost(rest, 1);
    const limit = countOf(flags, "limit", 10);
    await withRun(cwd, name, ({ folder, collection }) => {
      const lines = jsonLines();
      for (const result of slowestOf(collection.results(), limit)) {
        const record = recordOf(folder.id, result, collection.detailOf(result.entry));
        if (flags.has("json")) lines.put(record);
        else print(`${duration(record.ms).padStart(9)}  ${record.id} ${oneLine(titleOf(record))}\n`);
      }
      lines.end();
    });
    return ExitCode.ok;
  },
};
