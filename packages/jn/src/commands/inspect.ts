import { ExitCode } from "@jn/wire";
import type { Command } from "../cli/command.ts";
import { inspectedRecords } from "../stages/inspect/inspected-records.ts";
import { newShape, schemaOf, type Shape, typeText } from "../stages/inspect/shape.ts";
import { throughStage } from "../stages/through-stage.ts";

export const inspect: Command = {
  name: "inspect",
  summary: "show what records look like: a JSON Schema, or a TypeScript type",
  usage: "[--typescript] [-n N] [ADDRESS...]",
  positionals: [0, Number.MAX_SAFE_INTEGER],
  details: [
    "Looks at the first N records, from any address (profiles, too), and stops reading. A field is required when all of these have it.\n" +
      "Of objects with more than 500 different keys, the rest is left open. jn profile list shows the profiles, jn plugin list the formats.",
  ],
  flags: [
    { name: "lines", short: "n", values: ["N"], help: "how many records (default 1000; 0: all)" },
    { name: "typescript", short: "t", help: "print a TypeScript type" },
    { name: "name", values: ["NAME"], help: "what the type is called (default Row)" },
  ],
  addresses: "read",
  examples: [
    {
      title: "a JSON Schema",
      command: 'printf \'{"id":1,"tags":["a"]}\\n{"id":2.5}\\n\' | jn inspect',
      output:
        '{\n  "$schema": "https://json-schema.org/draft/2020-12/schema",\n  "type": "object",\n  "properties": {\n    "id": {\n      "type": "number"\n    },\n    "tags": {\n      "type": "array",\n      "items": {\n        "type": "string"\n      }\n    }\n  },\n  "required": [\n    "id"\n  ]\n}\n',
    },
    {
      title: "a TypeScript type",
      files: { "people.csv": "name,age\nAda,36\nGrace,\n" },
      command: "jn inspect --typescript --name Person people.csv",
      output: "export type Person = {\n  name: string;\n  age: number | null;\n};\n",
    },
  ],
  async run({ positionals, flags, context }) {
    const name = flags.text("name") ?? "Row";
    // A name that is none is known before anything is read.
    typeText(newShape(), name);
    const print = (shape: Shape): string =>
      flags.has("typescript") ? typeText(shape, name) : `${JSON.stringify(schemaOf(shape), undefined, 2)}\n`;
    await throughStage(positionals, context, (about) => inspectedRecords(flags.count("lines", 1000), print, about));
    return ExitCode.ok;
  },
};
