import { ExitCode } from "@jn/wire";
import type { Command } from "../cli/command.ts";
import { print } from "../cli/console.ts";
import { jsonLines } from "../cli/json-lines.ts";
import { atMost, countOf, JSON_FLAG } from "../cli/positionals.ts";
import { removeRun, runsToRemove } from "../run/retention.ts";

export const gc: Command = {
  name: "gc",
  summary: "remove old runs",
  usage: "[FLAG...]",
  details: [
    "Removes the oldest runs beyond --keep, those that are older than --days, and the oldest ones until all others are within " +
      "--megabytes. The last run stays, and whatever is still at work. Nothing else ever removes a run.",
  ],
  flags: [
    { name: "keep", value: "N", help: "keep the last N runs (50)" },
    { name: "days", value: "N", help: "also remove runs that are older" },
    { name: "megabytes", value: "N", help: "also remove runs until all together have at most so many" },
    { name: "dry-run", help: "say what would be removed, and remove nothing" },
    JSON_FLAG,
  ],
  examples: [
    { title: "what a week ago is still there", command: "3pio gc --days 7 --dry-run" },
    { title: "keep ten runs", command: "3pio gc --keep 10" },
  ],
  run({ flags, rest, cwd }) {
    atMost(rest, 0);
    const days = flags.has("days") ? countOf(flags, "days", 1) : undefined;
    const megabytes = flags.has("megabytes") ? countOf(flags, "megabytes", 1) : undefined;
    const removed = runsToRemove(cwd, {
      keep: countOf(flags, "keep", 50),
      olderThanMs: days === undefined ? undefined : Date.now() - days * DAY_MS,
      maxBytes: megabytes === undefined ? undefined : megabytes * 1024 * 1024,
    });
    const isDry = flags.has("dry-run");
    const lines = jsonLines();
    let bytes = 0;
    for (const { folder, bytes: size } of removed) {
      if (!isDry) removeRun(folder);
      bytes += size;
      if (flags.has("json")) lines.put({ id: folder.id, bytes: size, removed: !isDry });
      else print(`${isDry ? "would remove" : "removed"} ${folder.id}, ${shown(size)}\n`);
    }
    lines.end();
    if (!flags.has("json")) print(`${removed.length} runs, ${shown(bytes)}\n`);
    return Promise.resolve(ExitCode.ok);
  },
};

const DAY_MS = 24 * 60 * 60 * 1000;

function shown(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
