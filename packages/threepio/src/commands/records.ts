import { ExitCode } from "@jn/wire";
import type { Command } from "../cli/command.ts";
import { jsonLines } from "../cli/json-lines.ts";
import { atMost } from "../cli/positionals.ts";
import { fullRecordOf, recordOf } from "../model/result-record.ts";
import { withRun } from "../run/opened-run.ts";

export const records: Command = {
  name: "records",
  summary: "print every result of a run as a record: NDJSON, for jn, jq and the like",
  usage: "[RUN] [FLAG...]",
  details: [
    "A record for each test, part of a test, and error outside of tests, in the order of the reports: id, run, kind, status, " +
      "flaky, file, groups, name, ms, ended, worker, place, message, reason, attempts. What is not known is left out.",
  ],
  flags: [{ name: "full", help: "also stack, expected, actual, output and earlier tries" }],
  examples: [{ title: "of the last run", command: "3pio records" }],
  async run({ flags, rest, cwd }) {
    const [name = "latest"] = atMost(rest, 1);
    await withRun(cwd, name, ({ folder, collection }) => {
      const lines = jsonLines();
      for (const result of collection.results()) {
        const detail = collection.detailOf(result.entry);
        lines.put(
          flags.has("full")
            ? fullRecordOf(folder.id, result, detail, (entry) => collection.detailOf(entry))
            : recordOf(folder.id, result, detail),
        );
      }
      lines.end();
    });
    return ExitCode.ok;
  },
};
