import { ByteSink, ExitCode } from "@jn/wire";
import { parseAddress } from "../address/address.ts";
import { readRecordsFrom, sourceName } from "../address/records-in.ts";
import { AGGREGATE_HELP, aggregateList } from "../aggregates/aggregate-list.ts";
import type { Flags } from "../cli/arguments.ts";
import type { Command } from "../cli/command.ts";
import { MEMORY, memoryBytes } from "../cli/memory-flag.ts";
import { usageError } from "../jn-error.ts";
import { type Field, fieldList } from "../keys/field-list.ts";
import { SORT_BYTES } from "../runs/external-sort.ts";
import { Join } from "../stages/join/join.ts";
import { JOIN_TYPES, type JoinOptions, type JoinType } from "../stages/join/join-options.ts";
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
    const joined = new Join(await joinOptions(flags));
    const nowhere = new ByteSink(() => undefined);
    const about = { ...context, source: sourceName([rightAddress]) };
    await readRecordsFrom([rightAddress], context, nowhere, joined.right(about));
    await throughStage(left, context, (leftAbout) => joined.left(leftAbout));
    return ExitCode.ok;
  },
};

async function joinOptions(flags: Flags): Promise<JoinOptions> {
  const leftKeys = keysOf(flags, "left-key");
  const rightKeys = keysOf(flags, "right-key");
  if (leftKeys.length !== rightKeys.length)
    throw usageError(`--left-key has ${leftKeys.length} fields, --right-key ${rightKeys.length}; they must be as many`);
  const type = (flags.text("type") ?? "inner") as JoinType;
  if (!JOIN_TYPES.includes(type)) throw usageError(`--type is one of ${JOIN_TYPES.join(", ")}, not '${type}'`);
  const [target, agg, expression] = [flags.text("target"), flags.text("agg"), flags.text("where")];
  if (target !== undefined && agg !== undefined) throw usageError("--target and --agg exclude each other");
  if ((target !== undefined || agg !== undefined) && type !== "inner" && type !== "left")
    throw usageError(`--${target === undefined ? "agg" : "target"} goes with --type inner or left`);
  return {
    type,
    leftKeys,
    rightKeys,
    isStrict: flags.has("strict"),
    target,
    aggregates: agg === undefined ? undefined : aggregateList(agg),
    pick: namesOf(flags.text("pick")),
    prefix: flags.text("prefix") ?? "",
    where: expression === undefined ? undefined : await condition(expression),
    memoryBytes: memoryBytes(flags, SORT_BYTES),
  };
}

function keysOf(flags: Flags, name: string): readonly Field[] {
  const text = flags.text(name) ?? flags.text("on");
  if (text === undefined) throw usageError("say which fields must be the same: --on FIELDS");
  return fieldList(text, flags.has(name) ? `--${name}` : "--on");
}

function namesOf(text: string | undefined): readonly string[] | undefined {
  if (text === undefined) return undefined;
  return fieldList(text, "--pick").map(({ path, name }) => {
    if (path.length > 1) throw usageError(`--pick takes names, not paths such as '${name}'`);
    return name;
  });
}

async function condition(expression: string): Promise<NonNullable<JoinOptions["where"]>> {
  const { compileFilter } = await import("../filter/compiler/compile.ts");
  const filter = compileFilter(expression);
  return (left, right) => {
    let holds = false;
    filter.run({ left, right }, (value) => {
      if (value !== null && value !== false) holds = true;
    });
    return holds;
  };
}
