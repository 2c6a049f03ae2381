import { Ajv2020 } from "ajv/dist/2020.js";
import { usageError } from "../../jn-error.ts";

/**
 * A test by a JSON Schema (2020-12, by Ajv). What a schema says of formats is not checked.
 *
 * @param name how messages call the schema
 * @returns what is wrong with a value; undefined: nothing
 * @throws JnError `USAGE` for what is no schema
 */
export function valueTest(text: string, name: string): (value: unknown) => string | undefined {
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
    throw usageError(`${name}: no JSON Schema: ${error instanceof Error ? error.message : String(error)}`);
  }
}
