import { viewOf } from "@jn/wire";
import { MAX_DEPTH, scanString, scanValue, skipBlanks } from "../json/json-scanner.ts";
import { badRecord, type LinePosition } from "../json/record-check.ts";
import { type ExpectedKey, expectedKey, isKeyAt, type KeyLevel, levelOf, type WantedKey } from "./expected-keys.ts";
import { hasBackslash, readValue } from "./record-value.ts";
import type { Value } from "./value/value.ts";

/**
 * Takes the values at a few constant paths out of records, checking the whole record but building nothing else.
 *
 * Values are those that parsing the record would give: a later duplicate key wins, a missing key is null.
 */
export class RecordFields {
  /** The values of the last record scanned, in the order of the paths. */
  readonly values: Value[];
  /** Where the value of each path stands; -1 where there is none. */
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  /**
   * The members of the last record, if asked for, in threes: where the key starts, where the value ends, and the slot of
   * the key, or -1.
   */
  readonly members: Int32Array = new Int32Array(3 * MAX_EXPECTED_KEYS);
  memberCount = 0;
  /**
   * Whether `values` can be used: false when the record is no object, when a path leads into something that is none, or
   * when a key is written with escapes. Such a record must be parsed.
   */
  isRegular = false;
  readonly #position: LinePosition;
  readonly #keys: KeyLevel;
  #bytes: Buffer = Buffer.alloc(0);
  #view: DataView = viewOf(this.#bytes);
  /** Whether the record has a value that is long enough to nest too deeply, together with the levels around it. */
  #mayBeTooDeep = false;

  readonly #isWanted: readonly boolean[];
  readonly #wantsMembers: boolean;
  /** Whether no two of the expected keys of a record are the same, as far as they were looked at. */
  #areDistinct = true;
  #hasLearnt = false;

  constructor({ paths, wanted, wantsMembers }: FieldsWanted, position: LinePosition) {
    this.values = paths.map(() => null);
    this.starts = new Int32Array(paths.length);
    this.ends = new Int32Array(paths.length);
    this.#isWanted = wanted;
    this.#wantsMembers = wantsMembers;
    this.#position = position;
    this.#keys = levelOf(paths.map((path, slot) => ({ path, slot })));
  }

  /**
   * Scans the record at `start` and returns where it ends.
   *
   * @throws JnError `BAD_DATA` when it is not one JSON value that fills its line
   */
  scan(bytes: Buffer, lineStart: number, start: number): number {
    if (bytes !== this.#bytes) {
      this.#bytes = bytes;
      this.#view = viewOf(bytes);
    }
    this.isRegular = true;
    this.#mayBeTooDeep = false;
    this.memberCount = 0;
    for (let slot = 0; slot < this.values.length; slot++) this.#forget(slot);
    let end: number;
    if (bytes[start] === OPEN_BRACE) end = this.#scanObject(bytes, start, this.#keys);
    else {
      this.isRegular = false;
      end = scanValue(bytes, start);
    }
    if (end >= 0 && this.#mayBeTooDeep) end = scanValue(bytes, start);
    if (this.#wantsMembers && !this.#hasDistinctMembers()) this.isRegular = false;
    if (end < 0) throw badRecord(bytes, lineStart, ~end, this.#position);
    if (bytes[end] === NEWLINE) return end;
    const after = skipBlanks(bytes, end);
    if (bytes[after] !== NEWLINE) throw badRecord(bytes, lineStart, after, this.#position);
    return end;
  }

  #scanObject(bytes: Buffer, start: number, level: KeyLevel): number {
    const { expected } = level;
    let at = start + 1;
    if (bytes[at]! <= SPACE) at = skipBlanks(bytes, at);
    if (bytes[at] === CLOSE_BRACE) return at + 1;
    for (let nth = 0; ; nth++) {
      const keyStart = at;
      let key = expected[nth];
      if (key !== undefined && isKeyAt(key, this.#view, at)) at += key.length;
      else {
        key = undefined;
        if (bytes[at] !== QUOTE) return ~at;
        at = scanString(bytes, at);
        if (at < 0) return at;
        if (bytes[at] === COLON) key = this.#learn(bytes, keyStart, at + 1, level, nth);
        else {
          const keyEnd = at;
          at = skipBlanks(bytes, at);
          if (bytes[at] !== COLON) return ~at;
          key = expectedKey(bytes.subarray(keyStart, keyEnd), level);
          if (this.#wantsMembers) this.isRegular = false;
        }
        at++;
        if (hasBackslash(bytes, keyStart, at)) this.isRegular = false;
      }
      if (bytes[at]! <= SPACE) at = skipBlanks(bytes, at);
      if (key.wanted !== undefined) at = this.#take(bytes, at, key.wanted);
      else if (bytes[at] === QUOTE) {
        // The usual value, without a call: a string without escapes.
        const valueStart = at++;
        while (ENDS_PLAIN_RUN[bytes[at]!] === 0) at++;
        at = bytes[at] === QUOTE ? at + 1 : scanString(bytes, valueStart);
      } else at = this.#scanOther(bytes, at);
      if (at < 0) return at;
      if (this.#wantsMembers && level === this.#keys) this.#addMember(keyStart, at, key.wanted);
      if (bytes[at]! <= SPACE) at = skipBlanks(bytes, at);
      if (bytes[at] === CLOSE_BRACE) return at + 1;
      if (bytes[at] !== COMMA) return ~at;
      at++;
      if (bytes[at]! <= SPACE) at = skipBlanks(bytes, at);
    }
  }

  #scanOther(bytes: Buffer, start: number): number {
    const end = scanValue(bytes, start);
    if (end - start > MAX_DEPTH) this.#mayBeTooDeep = true;
    return end;
  }

  /** Remembers the key `"name":` at `bytes[start..end)` as the nth one to expect in the next object of this level. */
  #learn(bytes: Buffer, start: number, end: number, level: KeyLevel, nth: number): ExpectedKey {
    const key = expectedKey(bytes.subarray(start, end - 1), level);
    this.#hasLearnt = true;
    if (nth < MAX_EXPECTED_KEYS && nth <= level.expected.length && !hasBackslash(bytes, start, end))
      level.expected[nth] = key;
    return key;
  }

  #take(bytes: Buffer, start: number, wanted: WantedKey): number {
    const { slot, below } = wanted;
    let end: number;
    if (below !== undefined && bytes[start] === OPEN_BRACE) {
      for (const inner of below.slots) this.#forget(inner);
      end = this.#scanObject(bytes, start, below);
    } else {
      end = this.#scanOther(bytes, start);
      if (below !== undefined && end >= 0) {
        if (bytes[start] === LOWER_N) for (const inner of below.slots) this.#forget(inner);
        else this.isRegular = false;
      }
    }
    if (end >= 0 && slot >= 0) {
      this.starts[slot] = start;
      this.ends[slot] = end;
      if (this.#isWanted[slot]!) this.values[slot] = readValue(bytes, start, end);
    }
    return end;
  }

  #forget(slot: number): void {
    this.values[slot] = null;
    this.starts[slot] = -1;
  }

  #addMember(keyStart: number, valueEnd: number, wanted: WantedKey | undefined): void {
    const at = 3 * this.memberCount++;
    if (at >= this.members.length) {
      this.isRegular = false;
      this.memberCount = 0;
      return;
    }
    this.members[at] = keyStart;
    this.members[at + 1] = valueEnd;
    this.members[at + 2] = wanted?.slot ?? -1;
  }

  #hasDistinctMembers(): boolean {
    if (this.#hasLearnt) {
      this.#hasLearnt = false;
      const keys = this.#keys.expected.map(({ words }) => words.join());
      this.#areDistinct = new Set(keys).size === keys.length;
    }
    return this.#areDistinct;
  }
}

/** What is to be taken out of records. */
export interface FieldsWanted {
  readonly paths: readonly (readonly string[])[];
  /** Of which paths the value is wanted, not only its place. */
  readonly wanted: readonly boolean[];
  /** Whether the places of all members are wanted. Keys must then be distinct. */
  readonly wantsMembers: boolean;
}

const NEWLINE = 10;
const SPACE = 32;
const QUOTE = 34;
const COMMA = 44;
const COLON = 58;
const BACKSLASH = 92;
const LOWER_N = 110;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;
/** 1 for the bytes at which a run of ordinary string content ends: the quote, the backslash, control characters. */
const ENDS_PLAIN_RUN = new Uint8Array(256).fill(1, 0, SPACE);
ENDS_PLAIN_RUN[QUOTE] = 1;
ENDS_PLAIN_RUN[BACKSLASH] = 1;
/** Objects with more keys than this are read key by key. */
const MAX_EXPECTED_KEYS = 1000;
