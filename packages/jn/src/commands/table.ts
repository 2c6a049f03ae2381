import { descriptorSink, ExitCode } from "@jn/wire";
import { parseAddress } from "../address/address.ts";
import { readRecordsFrom, sourceName } from "../address/records-in.ts";
import type { Command } from "../cli/command.ts";
import { tableStage } from "../stages/table/table-stage.ts";

const PEOPLE = "name,age,city\nAda,36,London\nGrace,,New York\n";

export const table: Command = {
  name: "table",
  summary: "show records as a table",
  usage: "[ADDRESS...]",
  positionals: [0, Number.MAX_SAFE_INTEGER],
  details: [
    "Reads NDJSON from standard input, or records of the addresses, as cat does, and prints a table for people. The first 100\n" +
      "records decide the columns and their widths; after them each record is shown as it comes.",
  ],
  flags: [
    { name: "style", short: "s", values: ["STYLE"], help: "plain, grid or markdown (default plain)" },
    {
      name: "width",
      short: "w",
      values: ["N"],
      help: "most columns of the terminal; longer cells are cut (default: the terminal's)",
    },
    { name: "columns", short: "c", values: ["A,B"], help: "only these columns, in this order" },
    { name: "sample", values: ["N"], help: "how many records decide columns and widths (default 100)" },
  ],
  addresses: "read",
  examples: [
    {
      title: "a CSV file",
      files: { "people.csv": PEOPLE },
      command: "jn table people.csv",
      output: "name   age  city\n-----  ---  --------\nAda     36  London\nGrace       New York\n",
    },
    {
      title: "two columns, with borders",
      files: { "people.csv": PEOPLE },
      command: "jn table --style grid --columns city,name people.csv",
      output:
        "┌──────────┬───────┐\n│ city     │ name  │\n├──────────┼───────┤\n│ London   │ Ada   │\n│ New York │ Grace │\n└──────────┴───────┘\n",
    },
  ],
  async run({ positionals, flags, context }) {
    const addresses = (positionals.length === 0 ? ["-"] : positionals).map(parseAddress);
    const names = ["style", "width", "columns", "sample"];
    const chosen = Object.fromEntries(names.map((name) => [name, flags.text(name)]));
    const stage = await tableStage(chosen, { ...context, name: sourceName(addresses) });
    await readRecordsFrom(addresses, context, descriptorSink(1, "standard output"), stage);
    return ExitCode.ok;
  },
};
