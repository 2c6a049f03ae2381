import { parseAddress } from "../address/address.ts";
import { sourceName } from "../address/records-in.ts";
import { STANDARD_INPUT } from "../address/standard-input.ts";
import type { Command, FusedStage, Invocation } from "../cli/command.ts";
import { lastRecords } from "../stages/last-records.ts";
import { runStage } from "../stages/run-stage.ts";

export const tail: Command = {
  name: "tail",
  summary: "pass on the last records",
  usage: "[-n N] [ADDRESS...]",
  positionals: [0, Number.MAX_SAFE_INTEGER],
  details: [
    "Reads NDJSON from standard input, or records of the addresses, as cat does. Holds the last N records in memory, at\n" +
      "most --max-bytes of them.",
  ],
  flags: [
    { name: "lines", short: "n", values: ["N"], help: "how many records (default 10)" },
    { name: "max-bytes", values: ["SIZE"], help: "most memory for the records held (default 512M); more is an error" },
  ],
  addresses: "read",
  examples: [
    {
      title: "the last two",
      command: "seq 1000 | jn tail -n 2",
      output: "999\n1000\n",
    },
  ],
  run: async (invocation) => await runStage(stageOf(invocation, STANDARD_INPUT)),
  fuse: {
    flags: ["lines", "max-bytes"],
    stage: async (invocation, input) => await Promise.resolve(stageOf(invocation, input)),
  },
};

function stageOf({ positionals, flags, context }: Invocation, input: string): FusedStage {
  const addresses = (positionals.length === 0 ? ["-"] : positionals).map(parseAddress);
  const source = positionals.length === 0 ? input : sourceName(addresses);
  const maxBytes = flags.count("max-bytes", MAX_HELD_BYTES);
  return { addresses, context, transcoder: lastRecords(flags.count("lines", 10), { ...context, source, maxBytes }) };
}

const MAX_HELD_BYTES = 512 * 1024 * 1024;
