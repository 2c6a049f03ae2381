import { elementKeys, index } from "../value/access.ts";
import { spend, take } from "../value/budget.ts";
import { isArray, isObject, type Value } from "../value/value.ts";
import type { NativeBuiltin } from "./native.ts";

/** Values as streams of paths and leaves. */
export const streamBuiltins: readonly (readonly [string, NativeBuiltin])[] = [["_events/0", eventsOf]];

/** A value as the events of a stream. */
export function eventsOf(value: Value): readonly Value[] {
  const events: Value[] = [];
  addEvents(value, [], events);
  return events;
}

/** `[path, leaf]` for each leaf, and `[path]` of the last element after everything in an array or object. */
function addEvents(value: Value, path: readonly Value[], events: Value[]): void {
  const keys = isArray(value) || isObject(value) ? elementKeys(value) : [];
  if (keys.length === 0) {
    events.push([path, value]);
    spend(1);
  }
  take(EVENT_BYTES + 8 * path.length);
  for (const key of keys) addEvents(index(value, key), [...path, key], events);
  if (keys.length > 0) events.push([[...path, keys.at(-1)!]]);
}

/** Of an event and the path in it, without its steps. */
const EVENT_BYTES = 100;
