import { eachKey } from "../../json/object-keys.ts";
import type { FieldNames } from "./field-names.ts";
import type { JoinOptions, RecordSlice } from "./join-options.ts";

/** What a record of the right side adds to one of the left side that has these fields: `"team":"a","level":2`. */
export function pairMembers(
  { bytes, start }: RecordSlice,
  { pick }: JoinOptions,
  names: FieldNames,
  taken: ReadonlySet<string>,
): string {
  const members: string[] = [];
  const missing = new Set(pick);
  eachKey(bytes, start, (key, valueStart, valueEnd) => {
    if (!names.isTaken(key)) return;
    missing.delete(key);
    const name = names.nameOf(key, taken);
    members.push(`${JSON.stringify(name)}:${bytes.toString("utf8", valueStart, valueEnd)}`);
  });
  for (const name of missing) members.push(`${JSON.stringify(names.nameOf(name, taken))}:null`);
  return members.join(",");
}

/** What is added to a record of the left side that has these fields, and no match. */
export function nullMembers(names: FieldNames, taken: ReadonlySet<string>): string {
  return [...names.right].map((name) => `${JSON.stringify(names.nameOf(name, taken))}:null`).join(",");
}
