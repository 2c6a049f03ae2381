import { type BasicType, fileWriter, parquetWriteRows } from "hyparquet-writer";
import { badData, JnError } from "../../jn-error.ts";
import { membersOf, withoutMaps } from "../../json/object-members.ts";
import { parseValue } from "../../json/parse-value.ts";
import { valueText } from "../../json/value-text.ts";
import type { Bytes, ByteStage, PluginContext } from "../../plugins/plugin.ts";
import { bytesOf, newSpool } from "../../streams/spool.ts";
import { linesOf, valuesOf } from "../../streams/values.ts";
import { snippet } from "../../text/visible.ts";
import { entriesOf } from "../value-writer.ts";

/**
 * NDJSON objects to Parquet. Takes two passes, through a temporary file, because a column has one type for all rows: INT64, DOUBLE,
 * BOOLEAN or STRING when all its values are such, else JSON. A missing key is null.
 *
 * @throws JnError `BAD_DATA` for records that are no objects
 */
export function parquetWriter(context: PluginContext, rowGroupSize: number): ByteStage {
  return async function* written(input) {
    const records = newSpool("records");
    const file = newSpool("parquet");
    try {
      const { writeFile } = await import("node:fs/promises");
      const kinds = new Map<string, BasicType | undefined>();
      await writeFile(records.path, linesOf(checked(input, context, kinds), context));
      if (kinds.size === 0)
        throw new JnError("BAD_DATA", `${context.name}: no record has a field, and a Parquet file needs a column`);
      const columns = [...kinds].map(([name, type]) => ({ name, type: type ?? "STRING", nullable: true }));
      const rows = typedRows(bytesOf(records), context, kinds);
      await parquetWriteRows({ writer: fileWriter(file.path), rows, columns, rowGroupSize });
      yield* bytesOf(file);
    } finally {
      records.remove();
      file.remove();
    }
  };
}

async function* checked(
  input: Bytes,
  context: PluginContext,
  kinds: Map<string, BasicType | undefined>,
): AsyncGenerator<unknown, void, undefined> {
  for await (const [value, line] of valuesOf(input, context)) {
    let entries;
    try {
      entries = entriesOf(value, "rows of a Parquet file");
    } catch (error) {
      throw badData({ source: context.name, line }, error instanceof Error ? error.message : String(error));
    }
    for (const [key, member] of entries) {
      const kind = kindOf(member);
      const before = kinds.get(key);
      kinds.set(key, before === undefined || kind === undefined ? (before ?? kind) : common(before, kind));
    }
    yield value;
  }
}

async function* typedRows(
  input: Bytes,
  context: PluginContext,
  kinds: ReadonlyMap<string, BasicType | undefined>,
): AsyncGenerator<Record<string, unknown>, void, undefined> {
  for await (const [value, line] of valuesOf(input, context)) {
    const row = new Map(membersOf(value as object));
    try {
      yield Object.fromEntries([...kinds].map(([key, kind]) => [key, stored(row.get(key), kind)]));
    } catch (error) {
      throw badData({ source: context.name, line }, error instanceof Error ? error.message : String(error));
    }
  }
}

function kindOf(value: unknown): BasicType | undefined {
  if (value === null || value === undefined) return undefined;
  if (typeof value === "boolean") return "BOOLEAN";
  if (typeof value === "string") return "STRING";
  if (typeof value === "bigint") return BigInt.asIntN(64, value) === value ? "INT64" : "JSON";
  if (typeof value === "number") return Number.isSafeInteger(value) && !Object.is(value, -0) ? "INT64" : "DOUBLE";
  return "JSON";
}

/** Integers among doubles are doubles, when all of them are exact; anything else that is mixed is JSON. */
function common(left: BasicType, right: BasicType): BasicType {
  if (left === right) return left;
  const isNumeric = (kind: BasicType): boolean => kind === "INT64" || kind === "DOUBLE";
  return isNumeric(left) && isNumeric(right) ? "DOUBLE" : "JSON";
}

function stored(value: unknown, kind: BasicType | undefined): unknown {
  if (value === null || value === undefined) return undefined;
  if (kind === "INT64") return BigInt(value as number | bigint);
  if (kind === "DOUBLE") {
    if (typeof value === "bigint" && BigInt(Number(value)) !== value)
      throw new Error(`a column of doubles cannot hold ${value} unchanged; turn it into text, as with tostring`);
    return Number(value);
  }
  if (kind !== "JSON") return value;
  const text = valueText(value);
  if (valueText(withoutMaps(parseValue(text))) !== valueText(JSON.parse(text))) {
    throw new Error(
      `a column of several types, or of objects, cannot hold this unchanged: ${snippet(text)}; turn it into text, as with tojson`,
    );
  }
  return JSON.parse(text);
}
