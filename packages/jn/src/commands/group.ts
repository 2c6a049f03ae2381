import { parseAddress } from "../address/address.ts";
import { sourceName } from "../address/records-in.ts";
import { STANDARD_INPUT } from "../address/standard-input.ts";
import { AGGREGATE_HELP, aggregateList } from "../aggregates/aggregate-list.ts";
import type { Command, FusedStage, Invocation } from "../cli/command.ts";
import { JOBS } from "../cli/jobs-flag.ts";
import { MEMORY, memoryBytes } from "../cli/memory-flag.ts";
import { recordKernels } from "../kernels/record-kernels.ts";
import { fieldList } from "../keys/field-list.ts";
import { SORT_BYTES } from "../runs/external-sort.ts";
import { groupedRecords } from "../stages/group/grouped-records.ts";
import { runStage } from "../stages/run-stage.ts";

export const group: Command = {
  name: "group",
  summary: "one record a group, with aggregates",
  usage: "[--by FIELDS] [--agg AGGREGATES] [ADDRESS...]",
  positionals: [0, Number.MAX_SAFE_INTEGER],
  details: [
    "A group is all records with the same values of FIELDS; without --by, all there are. It becomes one record: the fields, then\n" +
      "the aggregates, in the order in which groups first appear.",
    "Aggregates are NAME: KIND(FIELD) with commas between them: count (records, or values that are not null), sum, avg, min, max,\n" +
      "first, last, collect (an array of all), distinct (an estimate, 1.6 % off), median and percentiles such as p95 (estimates).\n" +
      "They pass over null, but for collect; sum, avg and percentiles are of numbers only.",
    "Holds the groups, up to --memory; further ones wait in a temporary file in TMPDIR. What collect holds of one group is not bounded.",
  ],
  flags: [
    { name: "by", short: "k", values: ["FIELDS"], help: "names or paths of fields, with commas between them" },
    { name: "agg", values: ["AGGREGATES"], help: AGGREGATE_HELP },
    MEMORY,
    JOBS,
  ],
  addresses: "read",
  examples: [
    {
      title: "count and sum by city",
      files: { "orders.csv": "city,price\nLondon,10\nParis,2.5\nLondon,4\n" },
      command: "jn group --by city --agg 'n: count, total: sum(.price)' orders.csv",
      output: '{"city":"London","n":2,"total":14}\n{"city":"Paris","n":1,"total":2.5}\n',
    },
    {
      title: "of all records",
      command: "seq 100 | jn filter '{x: .}' | jn group --agg 'min(x), max(x), median(x)'",
      output: '{"min_x":1,"max_x":100,"median_x":50.5}\n',
    },
  ],
  run: async (invocation) => await runStage(stageOf(invocation, STANDARD_INPUT)),
  fuse: {
    flags: ["by", "agg", "memory"],
    stage: async (invocation, input) => await Promise.resolve(stageOf(invocation, input)),
  },
};

function stageOf({ positionals, flags, context }: Invocation, input: string): FusedStage {
  const addresses = (positionals.length === 0 ? ["-"] : positionals).map(parseAddress);
  const by = flags.text("by");
  const transcoder = groupedRecords({
    ...context,
    source: positionals.length === 0 ? input : sourceName(addresses),
    by: by === undefined ? [] : fieldList(by, "--by"),
    aggregates: aggregateList(flags.text("agg") ?? "count"),
    memoryBytes: memoryBytes(flags, SORT_BYTES),
    kernels: recordKernels,
  });
  return { addresses, context, transcoder };
}
