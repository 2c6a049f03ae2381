import { descriptorSink, ExitCode } from "@jn/wire";
import { parseAddress } from "../address/address.ts";
import type { Flags } from "../cli/arguments.ts";
import type { Command, FusedStage, Invocation } from "../cli/command.ts";
import { JOBS } from "../cli/jobs-flag.ts";
import { usageError } from "../jn-error.ts";
import { runStage } from "../stages/run-stage.ts";

const PEOPLE = "name,age,city\nAda,36,London\nGrace,,New York\n";

export const cat: Command = {
  name: "cat",
  summary: "read sources and print their records as NDJSON",
  usage: "[ADDRESS...]",
  positionals: [0, Number.MAX_SAFE_INTEGER],
  details: [
    "Reads each ADDRESS in turn, or standard input. An address is PATH[~FORMAT][?OPTION=VALUE&...]; the format is that of\n" +
      "the extension (csv, tsv, ndjson, jsonl, json) unless ~FORMAT names it. - is standard input, NDJSON unless it is -~csv.",
    "Numbers, true, false and empty cells of CSV become JSON numbers, booleans and null; text that a double cannot hold\n" +
      "unchanged (long ids, 007) stays a string. A record that is not what the format says stops jn with exit code 3.",
  ],
  flags: [
    { name: "meta", help: "put in front of each record where it is from: _path, _filename, _line_index, ..." },
    {
      name: "header",
      short: "H",
      values: ["FIELD"],
      repeatable: true,
      help: "send this header field with requests, as 'Authorization: Bearer ...'",
    },
    JOBS,
    { name: "explain", help: "print what would be read and how, one JSON object a source, and read nothing" },
  ],
  addresses: "read",
  examples: [
    {
      title: "records of a CSV file",
      files: { "people.csv": PEOPLE },
      command: "jn cat people.csv",
      output: '{"name":"Ada","age":36,"city":"London"}\n{"name":"Grace","age":null,"city":"New York"}\n',
    },
    {
      title: "another delimiter, from standard input",
      command: "printf 'a;b\\n1;x\\n' | jn cat '-~csv?delimiter=;'",
      output: '{"a":1,"b":"x"}\n',
    },
    {
      title: "the elements of a JSON array",
      files: { "numbers.json": "[1, [2,\n 3],\n {}]\n" },
      command: "jn cat numbers.json",
      output: "1\n[2,3]\n{}\n",
    },
  ],
  async run(invocation) {
    const stage = stageOf(invocation);
    if (!invocation.flags.has("explain")) return await runStage(stage);
    const { explainReading } = await import("../address/explain.ts");
    await explainReading(stage.addresses, descriptorSink(1, "standard output"));
    return ExitCode.ok;
  },
  fuse: { flags: ["meta", "header"], stage: async (invocation) => await Promise.resolve(stageOf(invocation)) },
};

function stageOf({ positionals, flags, context }: Invocation): FusedStage {
  return {
    addresses: (positionals.length === 0 ? ["-"] : positionals).map(parseAddress),
    context: { ...context, meta: flags.has("meta"), headers: headersOf(flags) },
    transcoder: undefined,
  };
}

function headersOf(flags: Flags): readonly (readonly [name: string, value: string])[] {
  return flags.all("header").map(([field = ""]) => {
    const [, name, value] = /^([\w!#$%&'*+.^`|~-]+)\s*:\s*(.*)$/.exec(field) ?? [];
    if (name === undefined || value === undefined)
      throw usageError("--header needs a field such as 'Accept: text/csv'");
    return [name, value] as const;
  });
}
