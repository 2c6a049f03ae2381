import type { AggregateSpec } from "../../aggregates/aggregate-list.ts";
import type { Value } from "../../filter/value/value.ts";
import type { Field } from "../../keys/field-list.ts";
import type { RecordPlace } from "../filter-failure.ts";

export const JOIN_TYPES = ["inner", "left", "right", "full", "semi", "anti"] as const;

export type JoinType = (typeof JOIN_TYPES)[number];

/** How two sources are joined. */
export interface JoinOptions {
  readonly type: JoinType;
  readonly leftKeys: readonly Field[];
  readonly rightKeys: readonly Field[];
  /** Whether text and numbers never match. */
  readonly isStrict: boolean;
  /** The field that gets all matches as an array; undefined: each match is a record. */
  readonly target: string | undefined;
  /** What is said of the matches instead. */
  readonly aggregates: readonly AggregateSpec[] | undefined;
  /** Which fields of the right side are taken; undefined: all. */
  readonly pick: readonly string[] | undefined;
  /** What is put before the names of fields of the right side. */
  readonly prefix: string;
  /** What else must hold of a pair; throws JnError `BAD_DATA` with the place of the left record when that cannot be told. */
  readonly where: ((left: Value, right: Value, place: RecordPlace) => boolean) | undefined;
  /** How much memory may be taken, in bytes. */
  readonly memoryBytes: number;
}

/** A record at `bytes[start..end)`; a newline follows. */
export interface RecordSlice {
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
}
