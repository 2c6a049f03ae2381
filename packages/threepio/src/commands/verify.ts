import { ExitCode } from "@jn/wire";
import type { Command } from "../cli/command.ts";
import { print } from "../cli/console.ts";
import { countsText, total } from "../model/counts.ts";
import { oneLine } from "../reports/markdown.ts";
import { refuseWhileAtWork } from "../run/at-work.ts";
import { Collection } from "../run/collection.ts";
import { findRunFolder } from "../run/run-folder.ts";
import { STREAMS } from "../runners/registry.ts";

export const verify: Command = {
  name: "verify",
  summary: "check that the journal of a run is whole",
  usage: "[RUN]",
  details: [
    "Reads every segment and counts: lines written, read and bad, numbers that are missing, writers that did not get to their " +
      "end, tests collected and verdicts, the runner's own totals. The exit code is 0 if all agree, else 3.",
  ],
  flags: [],
  examples: [{ title: "the last run", command: "3pio verify" }],
  run({ rest, cwd }) {
    const folder = findRunFolder(cwd, rest[0] ?? "latest");
    const collection = new Collection(folder.path, STREAMS);
    try {
      collection.finish();
      refuseWhileAtWork(collection.facts(), folder);
      const { integrity, overview, state } = collection.summarise();
      const remarks = [...integrity.problems, ...integrity.remarks]
        .map((problem) => `  ${oneLine(problem)}\n`)
        .join("");
      print(
        `${folder.id}: ${state}\n${total(overview.counts)} verdicts: ${countsText(overview.counts)}\n` +
          `journal ${integrity.isWhole ? "whole" : "NOT WHOLE"}: ${integrity.summary}\n${remarks}`,
      );
      return Promise.resolve(integrity.isWhole ? ExitCode.ok : ExitCode.badData);
    } finally {
      collection.close();
    }
  },
};
