import { ExitCode, openSource, writeDescriptor } from "@jn/wire";
import { join } from "node:path";
import type { Command } from "../cli/command.ts";
import { complain, print } from "../cli/console.ts";
import { RUN_FLAG } from "../cli/flag.ts";
import { atMost, JSON_FLAG } from "../cli/positionals.ts";
import { fullRecordOf, titleOf } from "../model/result-record.ts";
import { foundResult } from "../queries/found-result.ts";
import { oneLine } from "../reports/markdown.ts";
import { OUTPUT_LOG } from "../reports/output-log.ts";
import { withRun } from "../run/opened-run.ts";
import { findRunFolder } from "../run/run-folder.ts";

export const output: Command = {
  name: "output",
  summary: "print what a test printed, byte for byte; without a test, what the command printed",
  usage: "[TEST] [FLAG...]",
  details: [
    "TEST is named as in 3pio show. Runners that do not say which test printed what have everything in the output of the " +
      "command. With --json a list of {stream, text}, of a test only.",
  ],
  flags: [RUN_FLAG, JSON_FLAG],
  examples: [
    { title: "of the whole run", command: "3pio output" },
    { title: "of a test", command: "3pio output 'test_sum.py > test_negative'" },
  ],
  async run({ flags, rest, cwd }) {
    const [name] = atMost(rest, 1);
    const runName = flags.get("run") ?? "latest";
    if (name === undefined) {
      printFile(join(findRunFolder(cwd, runName).path, OUTPUT_LOG));
      return ExitCode.ok;
    }
    await withRun(cwd, runName, (run) => {
      const { collection, folder } = run;
      const result = foundResult(run, name);
      const record = fullRecordOf(folder.id, result, collection.detailOf(result.entry), (entry) =>
        collection.detailOf(entry),
      );
      const pieces = [...(record.tries ?? []).flatMap((tried) => tried.output ?? []), ...(record.output ?? [])];
      if (flags.has("json")) print(`${JSON.stringify(pieces)}\n`);
      else for (const { text } of pieces) print(text);
      if (pieces.length === 0) {
        complain(
          `3pio: nothing was recorded that ${oneLine(titleOf(record))} printed; 3pio output shows what the command printed`,
        );
      }
    });
    return ExitCode.ok;
  },
};

/** @throws WireError `IO` */
function printFile(path: string): void {
  const source = openSource(path);
  try {
    for (let chunk = source.read(); chunk !== undefined; chunk = source.read()) {
      writeDescriptor(1, "standard output", chunk, 0, chunk.length);
    }
  } finally {
    source.close();
  }
}
