import { relative } from "node:path";
import { ExitCode } from "@jn/wire";
import type { Command } from "../cli/command.ts";
import { print } from "../cli/console.ts";
import { consoleSummary } from "../reports/console-summary.ts";
import { refuseWhileAtWork } from "../run/at-work.ts";
import { Collection } from "../run/collection.ts";
import { findRunFolder } from "../run/run-folder.ts";
import { STREAMS } from "../runners/registry.ts";

export const rebuild: Command = {
  name: "rebuild",
  summary: "make the reports of a run again from its journal",
  usage: "[RUN]",
  details: [
    "RUN is the id of a run, the beginning of it, the path of its folder, or latest (the default). The reports are a function " +
      "of the journal: after a crash, theirs or 3pio's own, they say what had been written by then.",
  ],
  flags: [],
  examples: [{ title: "after a power cut", command: "3pio rebuild" }],
  run({ rest, cwd }) {
    const folder = findRunFolder(cwd, rest[0] ?? "latest");
    const collection = new Collection(folder.path, STREAMS);
    try {
      collection.finish();
      refuseWhileAtWork(collection.facts(), folder);
      const summary = collection.report();
      const reportPath = relative(cwd, `${folder.path}/test-run.md`);
      print(consoleSummary(summary, { reportPath, describe: (failure) => collection.describe(failure) }));
    } finally {
      collection.close();
    }
    return Promise.resolve(ExitCode.ok);
  },
};
