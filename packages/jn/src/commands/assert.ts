import { ExitCode } from "@jn/wire";
import type { Command } from "../cli/command.ts";
import { usageError } from "../jn-error.ts";
import { assertedRecords } from "../stages/assert/asserted-records.ts";
import { conditionTest, schemaTest } from "../stages/assert/record-test.ts";
import { throughStage } from "../stages/through-stage.ts";

export const assert: Command = {
  name: "assert",
  summary: "pass records on if all are right, by a condition or a JSON Schema",
  usage: "(EXPRESSION | --schema FILE) [ADDRESS...]",
  positionals: [0, Number.MAX_SAFE_INTEGER],
  details: [
    "Records that are right pass with their own bytes. One that is not stops it with exit code 3, its line and what is wrong; with\n" +
      "--on-error skip or FILE it is passed over, counted and written down like any bad record.",
    "EXPRESSION is jq; a record is right when it gives something that is neither false nor null. A JSON Schema is one of 2020-12; what\n" +
      "it says of formats (date, email, ...) is not checked.",
  ],
  flags: [{ name: "schema", values: ["FILE"], help: "a JSON Schema that records must fit" }],
  addresses: "read",
  examples: [
    {
      title: "a condition",
      command: "printf '{\"x\":1}\\n{\"x\":2}\\n' | jn assert '.x > 0'",
      output: '{"x":1}\n{"x":2}\n',
    },
    {
      title: "a schema; what does not fit goes to a file",
      files: {
        "schema.json": '{"type":"object","required":["id"],"properties":{"id":{"type":"integer"}}}\n',
        "data.ndjson": '{"id":1}\n{"id":"x"}\n',
      },
      command:
        "jn assert --schema schema.json --on-error bad.ndjson data.ndjson 2>/dev/null; jn filter -r .reason bad.ndjson",
      output: '{"id":1}\n/id must be integer\n',
    },
  ],
  async run({ positionals, flags, context }) {
    const schema = flags.text("schema");
    const [expression, ...rest] = positionals;
    if (schema === undefined && expression === undefined) throw usageError("say an EXPRESSION, or --schema FILE");
    const test = schema === undefined ? await conditionTest(expression!) : await schemaTest(schema);
    await throughStage(schema === undefined ? rest : positionals, context, (about) => assertedRecords(test, about));
    return ExitCode.ok;
  },
};
