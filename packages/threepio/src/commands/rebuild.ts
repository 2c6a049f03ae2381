import { ExitCode } from "@jn/wire";
import type { Command } from "../cli/command.ts";
import { print } from "../cli/console.ts";
import { reportedRun } from "../run/reported-run.ts";
import { findRunFolder } from "../run/run-folder.ts";

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
    print(reportedRun(findRunFolder(cwd, rest[0] ?? "latest"), cwd).text);
    return Promise.resolve(ExitCode.ok);
  },
};
