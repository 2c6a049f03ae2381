import type { ByteSink } from "@jn/wire";
import { Aggregates } from "../../aggregates/aggregate-list.ts";
import { readValue } from "../../filter/record-value.ts";
import type { Value } from "../../filter/value/value.ts";
import { badData } from "../../jn-error.ts";
import { eachKey } from "../../json/object-keys.ts";
import type { LinePosition } from "../../json/record-check.ts";
import { valueAt } from "../../keys/record-keys.ts";
import type { FieldNames } from "./field-names.ts";
import type { JoinOptions, RecordSlice } from "./join-options.ts";
import { nullMembers, pairMembers } from "./pair-members.ts";

/** Writes what becomes of a record of the left side: it begins, meets candidates of the right side, and ends. */
export class LeftRecord {
  readonly #options: JoinOptions;
  readonly #names: FieldNames;
  readonly #position: LinePosition;
  #left: RecordSlice = { bytes: Buffer.alloc(0), start: 0, end: 0 };
  #out: ByteSink | undefined;
  #matches = 0;
  /** The fields of the record; made when they are needed. */
  #taken: Set<string> | undefined;
  #value: Value | undefined;
  #elements: string[] = [];
  #aggregates: Aggregates | undefined;

  constructor(options: JoinOptions, names: FieldNames, position: LinePosition) {
    this.#options = options;
    this.#names = names;
    this.#position = position;
  }

  begin(left: RecordSlice, out: ByteSink): void {
    const { aggregates } = this.#options;
    this.#left = left;
    this.#out = out;
    this.#matches = 0;
    this.#taken = undefined;
    this.#value = undefined;
    this.#elements = [];
    this.#aggregates = aggregates === undefined ? undefined : new Aggregates(aggregates);
  }

  /** Returns whether the record, whose key is the same, matches. */
  meet(right: RecordSlice): boolean {
    const { where, type, target, aggregates } = this.#options;
    if (where !== undefined) {
      this.#value ??= valueOf(this.#left);
      if (!where(this.#value, valueOf(right), this.#position)) return false;
    }
    this.#matches++;
    if (type === "semi" || type === "anti") return true;
    if (target !== undefined) this.#elements.push(this.#element(right));
    else if (aggregates !== undefined) {
      const value = valueOf(right);
      const values = aggregates.flatMap(({ path }) => (path === undefined ? [] : [valueAt(value, path)]));
      this.#aggregates!.add(values, () => value);
    } else this.#put(pairMembers(right, this.#options, this.#names, this.#fields()));
    return true;
  }

  end(): void {
    const { type, target } = this.#options;
    if (type === "semi" || type === "anti") {
      if (this.#matches > 0 === (type === "semi")) this.#put("");
      return;
    }
    const isKept = this.#matches > 0 || type === "left" || type === "full";
    if (!isKept) return;
    if (target !== undefined) this.#put(`${JSON.stringify(this.#free(target))}:[${this.#elements.join(",")}]`);
    else if (this.#aggregates !== undefined) {
      for (const { name } of this.#options.aggregates!) this.#free(name);
      this.#put(this.#aggregates.members());
    } else if (this.#matches === 0) {
      this.#put(nullMembers(this.#names, this.#fields()));
    }
  }

  #element({ bytes, start, end }: RecordSlice): string {
    const { pick } = this.#options;
    if (pick === undefined) return bytes.toString("utf8", start, end);
    const members: string[] = [];
    eachKey(bytes, start, (key, valueStart, valueEnd) => {
      if (pick.includes(key)) members.push(`${JSON.stringify(key)}:${bytes.toString("utf8", valueStart, valueEnd)}`);
    });
    return `{${members.join(",")}}`;
  }

  /** Writes the record with these members at its end. */
  #put(members: string): void {
    const { bytes, start, end } = this.#left;
    const out = this.#out!;
    if (members === "") out.append(bytes, start, end);
    else {
      // The brace that closes the record, and blanks before it, make room.
      let last = end - 2;
      while (bytes[last]! <= SPACE) last--;
      out.append(bytes, start, last + 1);
      out.reserve(3 * members.length + 2);
      if (bytes[last] !== OPEN_BRACE) out.bytes[out.length++] = COMMA;
      out.length += out.bytes.write(members, out.length);
      out.bytes[out.length++] = CLOSE_BRACE;
    }
    out.reserve(1);
    out.bytes[out.length++] = NEWLINE;
    out.commit();
  }

  #free(name: string): string {
    if (!this.#fields().has(name)) return name;
    throw badData({ ...this.#position }, `the record has a field ${name} already; choose another name`);
  }

  #fields(): ReadonlySet<string> {
    if (this.#taken === undefined) {
      const taken = new Set<string>();
      eachKey(this.#left.bytes, this.#left.start, (key) => taken.add(key));
      this.#taken = taken;
    }
    return this.#taken;
  }
}

function valueOf({ bytes, start, end }: RecordSlice): Value {
  return readValue(bytes, start, end);
}

const NEWLINE = 10;
const SPACE = 32;
const COMMA = 44;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;
