import { descriptorSink, ExitCode } from "@jn/wire";
import { parseAddress } from "../address/address.ts";
import { readRecordsFrom, sourceName } from "../address/records-in.ts";
import type { Command } from "../cli/command.ts";
import { lastRecords } from "../stages/last-records.ts";

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
  async run({ positionals, flags, context }) {
    const count = flags.count("lines", 10);
    const addresses = (positionals.length === 0 ? ["-"] : positionals).map(parseAddress);
    const maxBytes = flags.count("max-bytes", MAX_HELD_BYTES);
    const stage = lastRecords(count, { ...context, source: sourceName(addresses), maxBytes });
    await readRecordsFrom(addresses, context, descriptorSink(1, "standard output"), stage);
    return ExitCode.ok;
  },
  fuse: {
    flags: ["lines", "max-bytes"],
    stage: ({ positionals, flags, context }, input) => {
      const addresses = (positionals.length === 0 ? ["-"] : positionals).map(parseAddress);
      const options = { ...context, source: positionals.length === 0 ? input : sourceName(addresses) };
      const transcoder = lastRecords(flags.count("lines", 10), {
        ...options,
        maxBytes: flags.count("max-bytes", MAX_HELD_BYTES),
      });
      return Promise.resolve({ addresses, context, transcoder });
    },
  },
};

const MAX_HELD_BYTES = 512 * 1024 * 1024;
