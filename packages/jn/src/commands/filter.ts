import { readFileSync } from "node:fs";
import { descriptorSink, ExitCode, flushing, ioError, MAX_RECORD_BYTES } from "@jn/wire";
import { parseAddress } from "../address/address.ts";
import { readRecordsFrom, sourceName } from "../address/records-in.ts";
import type { Flags } from "../cli/arguments.ts";
import type { Command } from "../cli/command.ts";
import { fromJson } from "../filter/builtins/types.ts";
import { compileFilter } from "../filter/compiler/compile.ts";
import { FilterError } from "../filter/value/filter-error.ts";
import type { Value } from "../filter/value/value.ts";
import { usageError } from "../jn-error.ts";
import { filteredNull, filteredRecords } from "../stages/filtered-records.ts";

const EVENTS = '{"type":"push","user":{"login":"ada"},"size":3}\n{"type":"watch","user":{"login":"bob"},"size":1}\n';

export const filter: Command = {
  name: "filter",
  summary: "keep, drop or change records with a jq expression",
  usage: "EXPRESSION [ADDRESS...]",
  positionals: [0, Number.MAX_SAFE_INTEGER],
  details: [
    "EXPRESSION is jq. A result of true keeps the record (once), false or null drops it, anything else replaces it; with\n" +
      "--values every result is printed, as jq does. A record that is only selected passes with its own bytes.",
    "Reads NDJSON from standard input, or records of the addresses, as cat does.",
  ],
  flags: [
    { name: "values", short: "v", help: "print every result, as jq does" },
    { name: "raw-output", short: "r", help: "print results as --values does, strings without quotes" },
    { name: "null-input", short: "n", help: "read nothing; run once, on null" },
    { name: "from-file", short: "f", values: ["FILE"], help: "read the expression from a file" },
    { name: "arg", values: ["NAME", "TEXT"], repeatable: true, help: "define $NAME as a string" },
    { name: "argjson", values: ["NAME", "JSON"], repeatable: true, help: "define $NAME as a JSON value" },
  ],
  addresses: "read",
  examples: [
    {
      title: "keep records",
      files: { "data.csv": "x,name\n5,a\n12,b\n30,c\n" },
      command: "jn cat data.csv | jn filter '.x > 10'",
      output: '{"x":12,"name":"b"}\n{"x":30,"name":"c"}\n',
    },
    {
      title: "change records",
      files: { "events.ndjson": EVENTS },
      command: "jn filter '{login: .user.login, type}' events.ndjson",
      output: '{"login":"ada","type":"push"}\n{"login":"bob","type":"watch"}\n',
    },
    {
      title: "select, then update",
      files: { "events.ndjson": EVENTS },
      command: "jn filter 'select(.size > 1) | .size *= 10' events.ndjson",
      output: '{"type":"push","user":{"login":"ada"},"size":30}\n',
    },
    {
      title: "compare with a value from outside",
      files: { "events.ndjson": EVENTS },
      command: "jn filter --arg who bob '.user.login == $who' events.ndjson",
      output: '{"type":"watch","user":{"login":"bob"},"size":1}\n',
    },
    {
      title: "print values, as jq does",
      files: { "events.ndjson": EVENTS },
      command: "jn filter -r '.user.login' events.ndjson",
      output: "ada\nbob\n",
    },
    {
      title: "calculate without input",
      command: "jn filter -n '[range(4)] | add'",
      output: "6\n",
    },
  ],
  async run({ positionals, flags, warn }) {
    const { expression, sources } = expressionOf(flags, positionals);
    const compiled = compileFilter(expression, { variables: variablesOf(flags) });
    const results = flags.has("raw-output") ? "raw" : flags.has("values") ? "values" : "records";
    const maxRecordBytes = flags.count("max-record-bytes", MAX_RECORD_BYTES);
    const sink = descriptorSink(1, "standard output");
    if (flags.has("null-input")) {
      if (sources.length > 0) throw usageError("--null-input reads nothing, so an ADDRESS makes no sense with it");
      flushing(sink, () => filteredNull(compiled, { source: "null", results }, sink));
      return ExitCode.ok;
    }
    const addresses = (sources.length === 0 ? ["-"] : sources).map(parseAddress);
    const stage = filteredRecords(compiled, { source: sourceName(addresses), results, maxRecordBytes });
    await readRecordsFrom(addresses, { maxRecordBytes, warn }, sink, stage);
    return ExitCode.ok;
  },
};

function expressionOf(
  flags: Flags,
  positionals: readonly string[],
): { readonly expression: string; readonly sources: readonly string[] } {
  const file = flags.text("from-file");
  if (file === undefined) {
    const [expression, ...sources] = positionals;
    if (expression === undefined)
      throw usageError("the expression is missing; usage: jn filter EXPRESSION [ADDRESS...]");
    return { expression, sources };
  }
  try {
    return { expression: readFileSync(file, "utf8"), sources: positionals };
  } catch (error) {
    throw ioError("read the expression from", file, error);
  }
}

function variablesOf(flags: Flags): ReadonlyMap<string, Value> {
  const variables = new Map<string, Value>();
  for (const [name, text] of flags.all("arg")) variables.set(name!, text!);
  for (const [name, json] of flags.all("argjson")) variables.set(name!, jsonArgument(name!, json!));
  return variables;
}

function jsonArgument(name: string, json: string): Value {
  try {
    return fromJson(json);
  } catch (error) {
    if (!(error instanceof FilterError)) throw error;
    throw usageError(`--argjson ${name}: '${json}' is not JSON; use --arg for text`);
  }
}
