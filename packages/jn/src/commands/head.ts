import { descriptorSink, ExitCode } from "@jn/wire";
import { parseAddress } from "../address/address.ts";
import { readRecordsFrom, sourceName } from "../address/records-in.ts";
import type { Command } from "../cli/command.ts";
import { firstRecords } from "../stages/first-records.ts";

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
  async run({ positionals, flags, context }) {
    const count = flags.count("lines", 10);
    const addresses = (positionals.length === 0 ? ["-"] : positionals).map(parseAddress);
    const stage = firstRecords(count, { ...context, source: sourceName(addresses) });
    await readRecordsFrom(addresses, context, descriptorSink(1, "standard output"), stage);
    return ExitCode.ok;
  },
  fuse: {
    flags: ["lines"],
    stage: ({ positionals, flags, context }, input) => {
      const addresses = (positionals.length === 0 ? ["-"] : positionals).map(parseAddress);
      const options = { ...context, source: positionals.length === 0 ? input : sourceName(addresses) };
      const transcoder = firstRecords(flags.count("lines", 10), options);
      return Promise.resolve({ addresses, context, transcoder });
    },
  },
};
