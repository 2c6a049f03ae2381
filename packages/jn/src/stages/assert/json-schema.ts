import { readFileSync } from "node:fs";
import { ioError } from "@jn/wire";
import { Ajv2020 } from "ajv/dist/2020.js";
import { usageError } from "../../jn-error.ts";

/**
 * A test by a JSON Schema (2020-12, by Ajv). What a schema says of formats is not checked.
 *
 * @returns what is wrong with a value; undefined: nothing
 * @throws JnError `USAGE` for what is no schema, WireError `IO`
 */
export function schemaTest(path: string): (value: unknown) => string | undefined {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw ioError("read", path, error);
  }
  try {
    const ajv = new Ajv2020({ strict: false, validateFormats: false, logger: false });
    const schema = JSON.parse(text) as Record<string, unknown>;
    // Schemas of older drafts name these; what they have in common with 2020-12 is what is written by hand.
    if (/\/draft-0[4-7]\/schema#?$/.test(String(schema["$schema"]))) delete schema["$schema"];
    const validate = ajv.compile(schema);
    return (value) => {
      if (validate(value)) return undefined;
      return (validate.errors ?? [])
        .map(({ instancePath, message }) => `${instancePath || "it"} ${message}`)
        .join("; ");
    };
  } catch (error) {
    throw usageError(`${path}: no JSON Schema: ${error instanceof Error ? error.message : String(error)}`);
  }
}
