import { parseAddress } from "../address/address.ts";
import { sourceName } from "../address/records-in.ts";
import { STANDARD_INPUT } from "../address/standard-input.ts";
import type { Command, FusedStage, Invocation } from "../cli/command.ts";
import { firstRecords } from "../stages/first-records.ts";
import { runStage } from "../stages/run-stage.ts";

export const head: Command = {
  name: "head",
  summary: "pass on the first records and stop everything upstream",
  usage: "[-n N] [ADDRESS...]",
  positionals: [0, Number.MAX_SAFE_INTEGER],
  details: ["Reads NDJSON from standard input, or records of the addresses, as cat does."],
  flags: [{ name: "lines", short: "n", values: ["N"], help: "how many records (default 10)" }],
  addresses: "read",
  examples: [
    {
      title: "the first two of a million",
      command: "seq 1000000 | jn head -n 2",
      output: "1\n2\n",
    },
    {
      title: "the first record of a CSV file",
      files: { "points.csv": "x,y\n1,2\n3,4\n" },
      command: "jn head -n1 points.csv",
      output: '{"x":1,"y":2}\n',
    },
  ],
  run: async (invocation) => await runStage(stageOf(invocation, STANDARD_INPUT)),
  fuse: { flags: ["lines"], stage: async (invocation, input) => await Promise.resolve(stageOf(invocation, input)) },
};

function stageOf({ positionals, flags, context }: Invocation, input: string): FusedStage {
  const addresses = (positionals.length === 0 ? ["-"] : positionals).map(parseAddress);
  const source = positionals.length === 0 ? input : sourceName(addresses);
  return { addresses, context, transcoder: firstRecords(flags.count("lines", 10), { ...context, source }) };
}
