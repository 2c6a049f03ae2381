import { readFileSync } from "node:fs";
import { ioError } from "@jn/wire";

/** What is wrong with a record, whose JSON text is `bytes[start..end)`; undefined: nothing. */
export type RecordTest = (bytes: Buffer, start: number, end: number) => string | undefined;

/** A test by a condition in jq. @throws JnError `USAGE` */
export async function conditionTest(expression: string): Promise<RecordTest> {
  const { loadFilter } = await import("../../filter/compiler/compile.ts");
  const { readValue } = await import("../../filter/record-value.ts");
  const { FilterError } = await import("../../filter/value/filter-error.ts");
  const filter = await loadFilter(expression);
  return (bytes, start, end) => {
    let isRight = false;
    try {
      filter.run(readValue(bytes, start, end), (value) => {
        if (value !== null && value !== false) isRight = true;
      });
    } catch (error) {
      if (!(error instanceof FilterError)) throw error;
      return `the condition failed: ${error.message}`;
    }
    return isRight ? undefined : `it does not hold that ${expression}`;
  };
}

/**
 * A test by the JSON Schema in a file, or by one.
 *
 * @throws JnError `USAGE` for what is no schema, WireError `IO`
 */
export async function schemaTest(schema: string | object): Promise<RecordTest> {
  const module = await import("./json-schema.ts");
  const [text, name] = typeof schema === "string" ? [textOf(schema), schema] : [JSON.stringify(schema), "the schema"];
  const test = module.valueTest(text, name);
  return (bytes, start, end) => test(JSON.parse(bytes.toString("utf8", start, end)));
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw ioError("read", path, error);
  }
}
