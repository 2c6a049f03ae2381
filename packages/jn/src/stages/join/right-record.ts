import type { ByteSink } from "@jn/wire";
import { eachKey } from "../../json/object-keys.ts";
import type { FieldNames } from "./field-names.ts";
import type { JoinOptions, RecordSlice } from "./join-options.ts";

/** Writes a record of the right side that met none of the left: its keys under their names on the left, the left's other fields null. */
export function putRightRecord(
  { bytes, start }: RecordSlice,
  { leftKeys, rightKeys }: JoinOptions,
  names: FieldNames,
  out: ByteSink,
): void {
  const members = new Map<string, string>();
  for (const name of names.left) members.set(name, "null");
  const own: (readonly [string, string])[] = [];
  eachKey(bytes, start, (key, valueStart, valueEnd) => {
    const text = bytes.toString("utf8", valueStart, valueEnd);
    const at = rightKeys.findIndex(({ path }) => path.length === 1 && path[0] === key);
    const leftPath = leftKeys[at]?.path;
    if (leftPath?.length === 1) members.set(leftPath[0]!, text);
    if (names.isTaken(key)) own.push([names.nameOf(key, names.left), text]);
  });
  for (const [name, text] of own) members.set(name, text);
  const line = [...members].map(([name, text]) => `${JSON.stringify(name)}:${text}`).join(",");
  const record = Buffer.from(`{${line}}\n`);
  out.appendRecords(record, 0, record.length);
}
