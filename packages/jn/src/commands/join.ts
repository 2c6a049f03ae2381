import { ByteSink, ExitCode } from "@jn/wire";
import { parseAddress } from "../address/address.ts";
import { readRecordsFrom, sourceName } from "../address/records-in.ts";
import { AGGREGATE_HELP } from "../aggregates/aggregate-list.ts";
import type { Flags } from "../cli/arguments.ts";
import type { Command } from "../cli/command.ts";
import { JOBS } from "../cli/jobs-flag.ts";
import { MEMORY, memoryBytes } from "../cli/memory-flag.ts";
import { usageError } from "../jn-error.ts";
import { recordKernels } from "../kernels/record-kernels.ts";
import { fieldList } from "../keys/field-list.ts";
import { SORT_BYTES } from "../runs/external-sort.ts";
import { Join } from "../stages/join/join.ts";
import { JOIN_TYPES, type JoinOptions } from "../stages/join/join-options.ts";
import { joinOptions } from "../stages/join/join-settings.ts";
import { throughStage } from "../stages/through-stage.ts";

const FILES = {
  "orders.csv": "id,customer,price\n1,7,10\n2,8,5\n3,9,1\n",
  "customers.ndjson": '{"customer":"7","name":"Ada"}\n{"customer":"8","name":"Alan"}\n',
};

export const join: Command = {
  name: "join",
  summary: "join records with those of another source",
  usage: "RIGHT --on FIELDS [LEFT...]",
  positionals: [1, Number.MAX_SAFE_INTEGER],
  details: [
    "Records of the left side (LEFT, or standard input) meet those of RIGHT, any address, that have the same values in FIELDS. Types\n" +
      "are: inner (pairs only; the default), left (also records of the left side without a match), right, full, semi (records of the left\n" +
      "side that have a match) and anti (those that have none).",
    'Text that is a number, written plainly ("1", not "01" or "1.0"), matches that number, unless --strict; null and missing values match\n' +
      "nothing. The output is in the order of the left side; what is left of the right side comes last.",
    "A pair has all fields of the left record, then those of the right one without its keys; one whose name is taken gets _right after\n" +
      "its name. Where there is no match, the other side's fields are null.",
    "Holds the right side, up to --memory; beyond it both sides are sorted in a temporary file in TMPDIR, and of the right side only the\n" +
      "records of one key are held (a quarter of --memory at most).",
  ],
  flags: [
    { name: "on", values: ["FIELDS"], help: "the fields to match, with commas between them" },
    { name: "left-key", values: ["FIELDS"], help: "those of the left side, where they have other names" },
    { name: "right-key", values: ["FIELDS"], help: "those of the right side" },
    { name: "type", short: "t", values: ["TYPE"], help: `${JOIN_TYPES.join(", ")} (default inner)` },
    { name: "strict", help: "match text with text and numbers with numbers only" },
    { name: "where", values: ["EXPR"], help: "what else must hold of a pair, in jq: '.left.time >= .right.since'" },
    { name: "pick", values: ["NAMES"], help: "take these fields of the right side only" },
    { name: "prefix", values: ["TEXT"], help: "put this before the names of the right side's fields" },
    { name: "target", values: ["NAME"], help: "one record for each on the left, with all its matches in this field" },
    { name: "agg", values: ["AGGREGATES"], help: `the same, with aggregates of the matches; ${AGGREGATE_HELP}` },
    MEMORY,
    JOBS,
  ],
  addresses: "read",
  examples: [
    {
      title: "names for customers; types need not be the same",
      files: FILES,
      command: "jn join customers.ndjson --on customer orders.csv",
      output: '{"id":1,"customer":7,"price":10,"name":"Ada"}\n{"id":2,"customer":8,"price":5,"name":"Alan"}\n',
    },
    {
      title: "orders of customers that are not known",
      files: FILES,
      command: "jn cat orders.csv | jn join customers.ndjson --on customer --type anti",
      output: '{"id":3,"customer":9,"price":1}\n',
    },
    {
      title: "how many orders each customer has, and their sum",
      files: FILES,
      command: "jn join orders.csv --on customer --type left --agg 'n: count, total: sum(price)' customers.ndjson",
      output: '{"customer":"7","name":"Ada","n":1,"total":10}\n{"customer":"8","name":"Alan","n":1,"total":5}\n',
    },
  ],
  async run({ positionals, flags, context }) {
    const [right, ...left] = positionals;
    const rightAddress = parseAddress(right!);
    const readsTwice = rightAddress.place.kind === "standard" && (left.length === 0 || left.includes("-"));
    if (readsTwice) throw usageError("both sides are standard input; name an address for one of them");
    const joined = new Join(await optionsOf(flags));
    const nowhere = new ByteSink(() => undefined);
    const about = { ...context, source: sourceName([rightAddress]) };
    await readRecordsFrom([rightAddress], context, nowhere, joined.right(about));
    await throughStage(left, context, (leftAbout) => joined.left({ ...leftAbout, kernels: recordKernels }));
    return ExitCode.ok;
  },
};

/** The options of the command line. */
async function optionsOf(flags: Flags): Promise<JoinOptions> {
  const pick = flags.text("pick");
  return await joinOptions({
    on: flags.text("on"),
    leftKey: flags.text("left-key"),
    rightKey: flags.text("right-key"),
    type: flags.text("type"),
    strict: flags.has("strict"),
    where: flags.text("where"),
    pick: pick === undefined ? undefined : namesOf(pick),
    prefix: flags.text("prefix"),
    target: flags.text("target"),
    agg: flags.text("agg"),
    memoryBytes: memoryBytes(flags, SORT_BYTES),
  });
}

function namesOf(text: string): readonly string[] {
  return fieldList(text, "--pick").map(({ path, name }) => {
    if (path.length > 1) throw usageError(`--pick takes names, not paths such as '${name}'`);
    return name;
  });
}
