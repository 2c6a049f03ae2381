import { RecordFields } from "../filter/record-fields.ts";
import { readValue } from "../filter/record-value.ts";
import { internalKey } from "../filter/value/object-key.ts";
import { isObject, type Value } from "../filter/value/value.ts";
import type { LinePosition } from "../json/record-check.ts";
import { checkRecord } from "../json/record-check.ts";
import { parseRecord } from "../stages/parsed-record.ts";

/** Takes the values of fields out of records, which are checked but, as a rule, not parsed. */
export class RecordKeys {
  /** The values of the last record; null for a field that it does not have, or has no place for. */
  values: readonly Value[] = [];
  readonly #paths: readonly (readonly string[])[];
  /** Which of the different paths each one is; undefined: all are different. */
  readonly #slots: readonly number[] | undefined;
  readonly #fields: RecordFields | undefined;
  readonly #position: LinePosition;

  /** @param paths none: the whole record is the one value */
  constructor(paths: readonly (readonly string[])[], position: LinePosition) {
    this.#paths = paths;
    this.#position = position;
    const texts = paths.map((path) => JSON.stringify(path));
    const different = [...new Set(texts)];
    this.#slots = different.length === paths.length ? undefined : texts.map((text) => different.indexOf(text));
    const wants = {
      paths: different.map((text) => JSON.parse(text) as readonly string[]),
      wanted: different.map(() => true),
      wantsMembers: false,
    };
    this.#fields = paths.length === 0 ? undefined : new RecordFields(wants, position);
  }

  /**
   * Reads the record at `start` and returns where it ends.
   *
   * @throws JnError `BAD_DATA` when it is not one JSON value that fills its line
   */
  read(bytes: Buffer, lineStart: number, start: number): number {
    if (this.#fields === undefined) {
      const end = checkRecord(bytes, lineStart, start, this.#position);
      this.values = [readValue(bytes, start, end)];
      return end;
    }
    const end = this.#fields.scan(bytes, lineStart, start);
    if (!this.#fields.isRegular) this.values = this.#parsed(bytes, lineStart, start);
    else if (this.#slots === undefined) this.values = this.#fields.values;
    else this.values = this.#slots.map((slot) => this.#fields!.values[slot]!);
    return end;
  }

  #parsed(bytes: Buffer, lineStart: number, start: number): readonly Value[] {
    const record = parseRecord(bytes, lineStart, start, bytes.indexOf(NEWLINE, start), this.#position);
    return this.#paths.map((path) => valueAt(record, path));
  }
}

/** The value at the end of the path; null where there is none. */
export function valueAt(record: Value, path: readonly string[]): Value {
  let value = record;
  for (const key of path) {
    const name = internalKey(key);
    if (!isObject(value) || !Object.hasOwn(value, name)) return null;
    value = value[name]!;
  }
  return value;
}

const NEWLINE = 10;
