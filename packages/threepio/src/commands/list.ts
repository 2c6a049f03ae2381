import { ExitCode } from "@jn/wire";
import type { Command } from "../cli/command.ts";
import { print } from "../cli/console.ts";
import { jsonLines } from "../cli/json-lines.ts";
import { atMost, countOf, JSON_FLAG } from "../cli/positionals.ts";
import { testsText } from "../model/counts.ts";
import { runList } from "../queries/run-list.ts";
import { duration, oneLine } from "../reports/markdown.ts";
import type { RunRecord } from "../reports/run-record.ts";

export const list: Command = {
  name: "list",
  summary: "list the runs, the newest first",
  usage: "[FLAG...]",
  details: [
    "Lists the runs in .3pio/runs: id, state, when, how long, tests, failures, command. With --json a record each, as in run.json.",
  ],
  flags: [{ name: "limit", value: "N", help: "at most so many (20)" }, JSON_FLAG],
  examples: [
    { title: "the last five runs", command: "3pio list --limit 5" },
    { title: "all runs as records", command: "3pio list --limit 100000 --json" },
  ],
  async run({ flags, rest, cwd }) {
    atMost(rest, 0);
    const limit = countOf(flags, "limit", 20);
    const lines = jsonLines();
    let count = 0;
    for await (const run of runList(cwd)) {
      if (count++ === limit) break;
      if (flags.has("json")) lines.put(run);
      else print(`${shown(run)}\n`);
    }
    lines.end();
    if (count === 0 && !flags.has("json")) print("no runs yet; for example: 3pio pytest\n");
    return ExitCode.ok;
  },
};

function shown({ id, state, started, ms, tests, failed, errors, command, whole, exitCode }: RunRecord): string {
  const when = started === undefined ? "" : new Date(started).toISOString().slice(0, 16).replace("T", " ");
  const end = state === "COMPLETED" ? `exit ${exitCode}` : state;
  const bad = `${failed} failed${errors > 0 ? `, ${errors} errors` : ""}${whole || state === "RUNNING" ? "" : ", journal NOT WHOLE"}`;
  return [
    id,
    end.padEnd(11),
    when,
    duration(ms).padStart(8),
    `${testsText(tests)}, ${bad}`,
    oneLine((command ?? []).join(" ")),
  ].join("  ");
}
