import { descriptorSink, ExitCode } from "@jn/wire";
import { type Address, parseAddress } from "../address/address.ts";
import { writeRecordsTo } from "../address/records-out.ts";
import type { Flags } from "../cli/arguments.ts";
import type { Command } from "../cli/command.ts";
import { JOBS } from "../cli/jobs-flag.ts";

export const put: Command = {
  name: "put",
  summary: "write the records on standard input to a destination",
  usage: "ADDRESS",
  positionals: [1, 1],
  details: [
    "ADDRESS is PATH[~FORMAT][?OPTION=VALUE&...]; - is standard output, NDJSON unless it is -~csv, say. A file is written\n" +
      "beside its target and renamed when complete: if anything fails, the target stays as it was.",
    "CSV takes its columns from the first record; a later record with another key is an error unless ?columns= names the\n" +
      "columns or --union collects them all.",
  ],
  flags: [
    { name: "union", help: "CSV: a column for every key of any record; takes two passes, through a temporary file" },
    JOBS,
    { name: "explain", help: "print what would be written and how, as a JSON object, and write nothing" },
  ],
  addresses: "write",
  examples: [
    {
      title: "NDJSON to a JSON array",
      command: 'printf \'{"a":1}\\n{"a":2}\\n\' | jn put out.json && cat out.json',
      output: '[\n{"a":1},\n{"a":2}\n]\n',
    },
    {
      title: "as CSV on standard output, columns chosen",
      command: 'printf \'{"a":1,"b":"x, y","c":null}\\n\' | jn put \'-~csv?columns=b,a\'',
      output: 'b,a\n"x, y",1\n',
    },
    {
      title: "records with different keys",
      command: 'printf \'{"a":1}\\n{"b":2}\\n\' | jn put --union -~csv',
      output: "a,b\n1,\n,2\n",
    },
  ],
  async run({ positionals, flags, context }) {
    const address = withUnion(parseAddress(positionals[0]!), flags);
    if (flags.has("explain")) {
      const { explainWriting } = await import("../address/explain.ts");
      await explainWriting(address, descriptorSink(1, "standard output"));
      return ExitCode.ok;
    }
    await writeRecordsTo(address, context);
    return ExitCode.ok;
  },
  fuse: {
    flags: ["union"],
    stage: ({ positionals, flags, context }) =>
      Promise.resolve({
        addresses: [parseAddress("-")],
        context,
        transcoder: undefined,
        target: withUnion(parseAddress(positionals[0]!), flags),
      }),
  },
};

function withUnion(address: Address, flags: Flags): Address {
  const union = flags.has("union") ? [{ name: "union", operator: "=", value: "true" } as const] : [];
  return { ...address, query: [...address.query, ...union] };
}
