import { descriptorSink, ExitCode, pumpChunks } from "@jn/wire";
import { type RecordOutlet, recordOutlet } from "../address/record-outlet.ts";
import { discardingOnFailure, inputFor } from "../address/records-out.ts";
import type { Command } from "../cli/command.ts";
import { fanOut } from "../stages/tee/fan-out.ts";

export const tee: Command = {
  name: "tee",
  summary: "pass records on, and write them to files, too",
  usage: "ADDRESS...",
  positionals: [1, Number.MAX_SAFE_INTEGER],
  details: [
    "Reads NDJSON from standard input, prints it, and writes it to each ADDRESS, in its format, as put does: a file appears when all is\n" +
      "written, and stays as it was if anything fails. When the reader of standard output leaves, jn tee stops reading, as coreutils' tee\n" +
      "does by SIGPIPE, with exit code 141; the files stay as they were. To write them all the same, print nothing: jn put.",
    "A device, FIFO or descriptor is written at once, and until its reader leaves, as in bash: jn tee >(jn head -n 1 > first.ndjson)",
    "A format that is written as a whole (xlsx, parquet, ...) or compressed waits in a temporary file in TMPDIR.",
  ],
  flags: [],
  addresses: "write",
  examples: [
    {
      title: "keep a copy as CSV",
      command: "printf '{\"a\":1}\\n{\"a\":2}\\n' | jn tee copy.csv | jn filter '.a > 1'; cat copy.csv",
      output: '{"a":2}\na\n1\n2\n',
    },
  ],
  async run({ positionals, context }) {
    const outlets: RecordOutlet[] = [];
    const sink = descriptorSink(1, "standard output");
    await discardingOnFailure(outlets, async () => {
      for (const address of positionals) outlets.push(await recordOutlet(address, context));
      const paths = outlets.map(({ path }) => path).join(", ");
      await pumpChunks(inputFor(paths), fanOut(outlets, { ...context, source: "standard input" }), sink);
      for (const outlet of outlets) await outlet.end();
      for (const outlet of outlets) outlet.commit();
    });
    return ExitCode.ok;
  },
};
