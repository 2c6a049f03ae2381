import { ExitCode } from "@jn/wire";
import type { Command } from "../cli/command.ts";
import { print } from "../cli/console.ts";
import { jsonLines } from "../cli/json-lines.ts";
import { atMost, countOf, JSON_FLAG } from "../cli/positionals.ts";
import { causeOf, titleOf } from "../model/result-record.ts";
import { type Change, CHANGES, type Difference, differences } from "../queries/comparison.ts";
import { previousRun } from "../queries/previous-run.ts";
import { oneLine } from "../reports/markdown.ts";
import { withRunFolder } from "../run/opened-run.ts";
import { findRunFolder } from "../run/run-folder.ts";

export const diff: Command = {
  name: "diff",
  summary: "compare two runs: what fails newly, still, not any more",
  usage: "[BEFORE [AFTER]] [FLAG...]",
  details: [
    "Without names, the last run is compared with the one before it of the same command; with one, that one with the last run. " +
      "With --json a line for each test that fails or failed, or is in one run only: change (new, still, fixed, added, " +
      "removed), result, before; then a line with the counts.",
  ],
  flags: [{ name: "limit", value: "N", help: "tests shown of each kind of change (20)" }, JSON_FLAG],
  examples: [
    { title: "what the last change did", command: "3pio diff" },
    { title: "two runs by the beginnings of their ids", command: "3pio diff 20261120 20261121" },
  ],
  async run({ flags, rest, cwd }) {
    const [beforeName, afterName = "latest"] = atMost(rest, 2);
    const after = findRunFolder(cwd, afterName);
    const before = beforeName === undefined ? await previousRun(cwd, after) : findRunFolder(cwd, beforeName);
    const limit = countOf(flags, "limit", 20);
    const counts = new Map<Change, number>(CHANGES.map((change) => [change, 0]));
    const shown = new Map<Change, Difference[]>(CHANGES.map((change) => [change, []]));
    const lines = jsonLines();
    await withRunFolder(before, (old) =>
      withRunFolder(after, (now) => {
        for (const difference of differences(old, now)) {
          const { change } = difference;
          counts.set(change, counts.get(change)! + 1);
          if (flags.has("json")) lines.put(difference);
          else if (shown.get(change)!.length < limit) shown.get(change)!.push(difference);
        }
      }),
    );
    if (flags.has("json")) lines.put({ runs: [before.id, after.id], ...Object.fromEntries(counts) });
    lines.end();
    if (!flags.has("json")) print(diffText(before.id, after.id, counts, shown));
    return ExitCode.ok;
  },
};

function diffText(
  before: string,
  after: string,
  counts: ReadonlyMap<Change, number>,
  shown: ReadonlyMap<Change, readonly Difference[]>,
): string {
  const lines = [`${before} -> ${after}`];
  for (const change of CHANGES) {
    const count = counts.get(change)!;
    if (count === 0) continue;
    lines.push(`${WORDS[change]}: ${count}`);
    for (const { result } of shown.get(change)!) {
      lines.push(`  ${result.id} ${oneLine(titleOf(result))}`);
      const cause = causeOf(result);
      if (change === "new" && cause !== undefined) lines.push(`    ${oneLine(cause)}`);
    }
    const more = count - shown.get(change)!.length;
    if (more > 0) lines.push(`  ... and ${more} more`);
  }
  if (lines.length === 1) lines.push("no differences");
  return `${lines.join("\n")}\n`;
}

const WORDS: Readonly<Record<Change, string>> = {
  new: "new failures",
  still: "still failing",
  fixed: "fixed",
  added: "added",
  removed: "removed",
};
