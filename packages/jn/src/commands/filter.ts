import { descriptorSink, ExitCode, type Transcoder } from "@jn/wire";
import { parseAddress } from "../address/address.ts";
import { readRecordsFrom, sourceName } from "../address/records-in.ts";
import { STANDARD_INPUT } from "../address/standard-input.ts";
import type { Command, RecordContext } from "../cli/command.ts";
import { JOBS } from "../cli/jobs-flag.ts";
import type { Aggregation } from "../filter/aggregation/aggregation.ts";
import type { CompileOptions } from "../filter/compiler/compile-options.ts";
import { usageError } from "../jn-error.ts";
import { recordKernels } from "../kernels/record-kernels.ts";
import { type PreparedFilter, preparedFilter } from "../stages/filter-preparation.ts";
import { filteredRecords } from "../stages/filtered-records.ts";

const EVENTS = '{"type":"push","user":{"login":"ada"},"size":3}\n{"type":"watch","user":{"login":"bob"},"size":1}\n';

/** The flags with which each record is filtered on its own, and gives records. */
const SIMPLE_FLAGS = ["values", "compact-output", "ascii-output", "sort-keys", "library-path"].concat([
  "arg",
  "argjson",
  "slurpfile",
  "rawfile",
]);

export const filter: Command = {
  name: "filter",
  summary: "keep, drop or change records with a jq expression",
  usage: "EXPRESSION [ADDRESS...]",
  positionals: [0, Number.MAX_SAFE_INTEGER],
  details: [
    "EXPRESSION is jq. A result of true keeps the record (once), false or null drops it, anything else replaces it; with\n" +
      "--values every result is printed, as jq does. A record that is only selected passes with its own bytes.",
    "Reads NDJSON from standard input, or records of the addresses, as cat does. EXPRESSION may be a filter with a name,\n" +
      "@namespace/name?param=value, which a profile describes (docs/formats.md).",
  ],
  flags: [
    { name: "values", short: "v", help: "print every result, as jq does" },
    { name: "raw-output", short: "r", help: "print results as --values does, strings without quotes" },
    { name: "join-output", short: "j", help: "the same, without newlines" },
    { name: "raw-output0", help: "print results as -r does, each followed by NUL" },
    { name: "compact-output", short: "c", help: "print every result on one line, as is done anyway" },
    { name: "ascii-output", short: "a", help: "write characters beyond ASCII as escapes" },
    { name: "sort-keys", short: "S", help: "write the keys of objects in order" },
    { name: "indent", values: ["N"], help: "print every result on lines of their own, indented by N blanks" },
    { name: "tab", help: "print every result on lines of their own, indented by tabs" },
    { name: "seq", help: "write a record separator (RS) before each result, as application/json-seq has it" },
    { name: "null-input", short: "n", help: "run once, on null; records are read by input and inputs" },
    { name: "slurp", short: "s", help: "run once, on an array of all records" },
    {
      name: "max-slurp-bytes",
      values: ["BYTES"],
      help: "the longest input that --slurp holds in memory (default: 1 GiB)",
    },
    {
      name: "max-steps",
      values: ["N"],
      help: "the most rounds of the filter's own loops for a record (default: 100M)",
    },
    { name: "raw-input", short: "R", help: "take each line as a string; with -s, all of the input" },
    { name: "stream", help: "take each record as events: [path, leaf], and [path] at the end of an array or object" },
    {
      name: "exit-status",
      short: "e",
      help: "exit with 1 if the last result is false or null, with 4 if there is none",
    },
    JOBS,
    { name: "explain", help: "say how the records would be filtered, and read nothing" },
    { name: "from-file", short: "f", values: ["FILE"], help: "read the expression from a file" },
    { name: "library-path", short: "L", values: ["FOLDER"], repeatable: true, help: "look for modules here" },
    { name: "arg", values: ["NAME", "TEXT"], repeatable: true, help: "define $NAME as a string" },
    { name: "argjson", values: ["NAME", "JSON"], repeatable: true, help: "define $NAME as a JSON value" },
    {
      name: "slurpfile",
      values: ["NAME", "FILE"],
      repeatable: true,
      help: "define $NAME as an array of the JSON values in a file",
    },
    { name: "rawfile", values: ["NAME", "FILE"], repeatable: true, help: "define $NAME as the text of a file" },
    { name: "args", help: "take the other arguments as strings for $ARGS.positional, not as addresses" },
    { name: "jsonargs", help: "the same, as JSON values" },
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
  async run({ positionals, flags, context }) {
    const prepared = await preparedFilter(flags, positionals);
    const { filter, session, sources, printer, results, expression, options } = prepared;
    const takesAll = flags.has("slurp") && !flags.has("raw-input") && !flags.has("stream") && !flags.has("null-input");
    const aggregation = takesAll ? await aggregationOf(expression, options) : undefined;
    const sink = descriptorSink(1, "standard output");
    const readsNothing = flags.has("null-input");
    if (flags.has("explain")) {
      const rows = aggregation?.rows ?? filter;
      const how =
        rows.byFields === undefined
          ? "each record is parsed"
          : "each record is looked at through its bytes, and is not parsed";
      const way =
        aggregation !== undefined
          ? `records are taken one by one, memory is that of the result; ${how}`
          : flags.has("slurp")
            ? "all records are held in memory"
            : how;
      const bytes = Buffer.from(`${way}\n`);
      sink.append(bytes, 0, bytes.length);
      sink.flush();
      return ExitCode.ok;
    }
    if (readsNothing && sources.length > 0 && !filter.takesInputs) {
      throw usageError("--null-input reads nothing, so an ADDRESS makes no sense with it");
    }
    const { addresses, about, records } = readingOf(prepared, context, STANDARD_INPUT);
    return await session.finished(printer, flags.has("exit-status"), sink, async () => {
      const areRecords = !readsNothing && !flags.has("raw-input") && !flags.has("stream") && !filter.takesInputs;
      if (areRecords && (!flags.has("slurp") || aggregation !== undefined)) {
        const transcoder =
          aggregation === undefined
            ? records()
            : (await import("../stages/aggregated-records.ts")).aggregatedRecords(aggregation, about);
        await readRecordsFrom(addresses, context, sink, transcoder);
        return;
      }
      const inputs = await session.open(addresses, context, {
        isRaw: flags.has("raw-input"),
        isWhole: flags.has("slurp"),
        maxBytes: flags.count("max-slurp-bytes", MAX_SLURP_BYTES),
        isStreamed: flags.has("stream"),
      });
      await session.run(filter, readsNothing ? [null] : inputs, { results, printer, bad: context.bad }, sink);
    });
  },
  fuse: {
    flags: SIMPLE_FLAGS,
    stage: async ({ positionals, flags, context }, input) => {
      const prepared = await preparedFilter(flags, positionals);
      // It may take records itself, or end all of the process: that needs a process of its own.
      if (prepared.filter.takesInputs || /\bhalt(?:_error)?\b/.test(prepared.expression)) return undefined;
      const { addresses, records } = readingOf(prepared, context, input);
      return { addresses, context, transcoder: records() };
    },
  },
};

/**
 * What is read, what those who take its records are told, and the filter of each record.
 *
 * @param input how messages call what is read, when that is no address
 */
function readingOf(
  { filter, session, sources, printer, results }: PreparedFilter,
  context: RecordContext,
  input: string,
) {
  const addresses = (sources.length === 0 ? ["-"] : sources).map(parseAddress);
  const source = sources.length === 0 ? input : sourceName(addresses);
  const about = { ...context, source, printer, onPosition: session.watch(addresses) };
  const records = (): Transcoder => filteredRecords(filter, { ...about, results, kernels: recordKernels });
  return { addresses, about, records };
}

/** The filter of all records as one that takes them one by one, if it can be that. */
async function aggregationOf(expression: string, options: CompileOptions): Promise<Aggregation | undefined> {
  const { loadAggregation } = await import("../filter/aggregation/aggregation.ts");
  return await loadAggregation(expression, options);
}

const MAX_SLURP_BYTES = 2 ** 30;
