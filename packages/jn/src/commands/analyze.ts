import { ExitCode } from "@jn/wire";
import type { Command } from "../cli/command.ts";
import { analyzedRecords } from "../stages/analyze/analyzed-records.ts";
import { throughStage } from "../stages/through-stage.ts";

export const analyze: Command = {
  name: "analyze",
  summary: "types, nulls, distinct values, range and quantiles of each field",
  usage: "[ADDRESS...]",
  positionals: [0, Number.MAX_SAFE_INTEGER],
  details: [
    "Prints a record for each field, nested ones as user.login (jn table shows them): how often it is there and missing, nulls, types, how\n" +
      "many distinct values (an estimate by HyperLogLog, 1.6 % off, of their text), min, max, sum, mean and quantiles of numbers\n" +
      "(estimates by a t-digest), first_text and last_text by code unit. Records that are no objects are the field with no name.",
    "One pass; memory is about 25 KiB a field, whatever the number of records, and bounded by --max-fields.",
  ],
  flags: [
    { name: "max-fields", values: ["N"], help: "most fields (default 2000); there is a warning when there are more" },
  ],
  addresses: "read",
  examples: [
    {
      title: "a CSV file",
      files: { "people.csv": "name,age\nAda,36\nGrace,\nAlan,41\n" },
      command: "jn analyze people.csv | jn filter '{field, count, nulls, distinct, min, max, mean}'",
      output:
        '{"field":"name","count":3,"nulls":0,"distinct":3,"min":null,"max":null,"mean":null}\n{"field":"age","count":3,"nulls":1,"distinct":2,"min":36,"max":41,"mean":38.5}\n',
    },
  ],
  async run({ positionals, flags, context }) {
    const maxFields = flags.count("max-fields", 2000);
    await throughStage(positionals, context, (about) => analyzedRecords({ ...about, maxFields, warn: context.warn }));
    return ExitCode.ok;
  },
};
