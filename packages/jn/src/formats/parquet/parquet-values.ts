import type { FileMetaData, SchemaElement } from "hyparquet";
import { RawJson } from "../../json/value-text.ts";
import { bigEndian, decimalText, timeText } from "../value-texts.ts";

/** Values that the library would round, as JSON with every digit: JSON of its own, and times finer than a millisecond. */
export const PARSERS = {
  jsonFromBytes(bytes: Uint8Array): unknown {
    const text = Buffer.from(bytes).toString();
    JSON.parse(text);
    return new RawJson(text.replaceAll(/[\r\n]/g, " "));
  },
  timestampFromMicroseconds: (micros: bigint): unknown => timeText(micros, 6),
  timestampFromNanoseconds: (nanos: bigint): unknown => timeText(nanos, 9),
};

/**
 * The columns of decimals, by name, with how many digits follow the point. Their types are taken out of the metadata, so that the library hands
 * out the digits instead of a double.
 *
 * @throws Error for a decimal inside a list or object, and for what would be lost
 */
export function takeDecimals(metadata: FileMetaData): ReadonlyMap<string, number> {
  const decimals = new Map<string, number>();
  const [root, ...elements] = metadata.schema;
  let at = 0;
  // The library's rows are objects, on which this name is not a field.
  if (elements.some((element) => element.name === "__proto__"))
    throw new Error("a column is called __proto__, which is not read; choose others with ?columns=");
  for (let column = 0; column < (root?.num_children ?? 0); column++) {
    const end = endOf(elements, at);
    for (const element of elements.slice(at, end)) {
      if (element.converted_type !== "DECIMAL" && element.logical_type?.type !== "DECIMAL") continue;
      if (end - at > 1)
        throw new Error(
          `the column ${elements[at]!.name} has decimals inside it, which are not read; choose others with ?columns=`,
        );
      decimals.set(element.name, element.scale ?? 0);
      delete element.converted_type;
      // Bytes that are no text: what a hook is called for that leaves them alone.
      if (element.type === "BYTE_ARRAY") element.logical_type = { type: "GEOMETRY" };
      else delete element.logical_type;
    }
    at = end;
  }
  return decimals;
}

/** The same row with its decimals as numbers of their own digits. */
export function withDecimals(
  row: Record<string, unknown>,
  decimals: ReadonlyMap<string, number>,
): Record<string, unknown> {
  for (const [name, scale] of decimals) {
    const value = row[name];
    if (value !== null && value !== undefined) row[name] = new RawJson(decimalText(unscaled(value), scale));
  }
  return row;
}

function unscaled(value: unknown): bigint {
  return value instanceof Uint8Array ? bigEndian(value) : BigInt(value as number | bigint);
}

/** The end of the element at `start` and of all that is in it. */
function endOf(elements: readonly SchemaElement[], start: number): number {
  let at = start + 1;
  for (let child = 0; child < (elements[start]?.num_children ?? 0); child++) at = endOf(elements, at);
  return at;
}
