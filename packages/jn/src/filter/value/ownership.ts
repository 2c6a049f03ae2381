import { index, requireShort, updatePath } from "./access.ts";
import { add } from "./arithmetic.ts";
import { requireRoom, take, takeCopy } from "./budget.ts";
import { FilterError } from "./filter-error.ts";
import { setOwn } from "./json-text.ts";
import { internalKey } from "./object-key.ts";
import { asDouble, isArray, isNumber, isObject, type Value } from "./value.ts";

/**
 * Which arrays and objects only the state of one loop holds: those that the loop itself made. They are changed in place,
 * so that a state that grows by one element a round is not copied in every round.
 *
 * What may have got a second holder is no longer owned: it is copied before it is changed again.
 */
export class Ownership {
  #owned = new WeakSet<object>();
  /** Keys, to all objects together. */
  #added = 0;

  /** The state with the value at a path changed; undefined where `change`, which gets the old value, gives that. */
  update(state: Value, path: readonly Value[], change: (old: Value) => Value | undefined): Value | undefined {
    requireShort(path);
    if (!path.every((step) => typeof step === "string" || isNumber(step)) || path.length === 0) {
      // Slices, and what is no path: by copying. The copies may share what was owned.
      this.#owned = new WeakSet();
      return updatePath(state, path, change);
    }
    const value = change(path.reduce(index, state));
    if (value === undefined) return undefined;
    const root = this.#own(state, path[0]!);
    let holder = root;
    for (let at = 0; at + 1 < path.length; at++) {
      const before = index(holder, path[at]!);
      const inner = this.#own(before, path[at + 1]!);
      if (inner !== before) this.#set(holder, path[at]!, inner);
      holder = inner;
    }
    this.#set(holder, path.at(-1)!, value);
    return root;
  }

  set(state: Value, path: readonly Value[], value: Value): Value {
    return this.update(state, path, () => value)!;
  }

  owns(value: Value): boolean {
    return typeof value === "object" && value !== null && this.#owned.has(value);
  }

  /** `left + right`, in place where the left side is owned. */
  add(left: Value, right: Value): Value {
    if (isArray(left) && isArray(right) && this.owns(left)) {
      if (left.length + right.length > MAX_ELEMENTS)
        throw new FilterError("an array of that many elements is too large");
      for (const element of right) requireRoom((left as Value[]).push(element));
      return left;
    }
    if (isObject(left) && isObject(right) && this.owns(left)) {
      const target: object = left;
      for (const key of Object.keys(right)) this.#setIn(target as Record<string, Value>, key, right[key]!);
      return left;
    }
    const sum = add(left, right);
    // `null + x` is x itself, which is somebody else's.
    if (typeof sum === "object" && sum !== null && sum !== left && sum !== right) this.#owned.add(sum);
    return sum;
  }

  /** A value that was calculated from the state: what it shares with it is no longer owned. */
  released(value: Value): Value {
    if (this.#mayShare(value)) this.#owned = new WeakSet();
    return value;
  }

  #set(holder: Value, step: Value, value: Value): void {
    if (typeof step === "string") this.#setIn(holder as Record<string, Value>, internalKey(step), value);
    else setElement(holder, step, value);
  }

  #setIn(object: Record<string, Value>, key: string, value: Value): void {
    if (!Object.hasOwn(object, key)) requireRoom(++this.#added, KEY_BYTES);
    setOwn(object, key, value);
  }

  #mayShare(value: Value): boolean {
    let room = MAX_LOOKED_AT;
    const left: Value[] = [value];
    for (let next = left.pop(); next !== undefined; next = left.pop()) {
      if (!isArray(next) && !isObject(next)) continue;
      if (this.#owned.has(next)) return true;
      const elements = isArray(next) ? next : Object.values(next);
      room -= elements.length;
      if (room < 0) return true;
      for (const element of elements) left.push(element);
    }
    return false;
  }

  /** The value itself if it is owned, else a copy, in which a key or a position can be set. */
  #own(value: Value, step: Value): Value {
    if (this.owns(value) && isArray(value) === (typeof step !== "string")) return value;
    // What cannot have such a key fails here, as it does on reading.
    index(value, step);
    if (isArray(value)) take(8 * value.length);
    else if (isObject(value)) takeCopy(value);
    const copy: Value = isArray(value)
      ? value.slice()
      : isObject(value)
        ? { ...value }
        : typeof step === "string"
          ? {}
          : [];
    this.#owned.add(copy);
    return copy;
  }
}

function setElement(holder: Value, step: Value, value: Value): void {
  const array = holder as Value[];
  const position = Math.trunc(asDouble(step as number));
  const at = position < 0 ? position + array.length : position;
  if (at < 0) throw new FilterError("Out of bounds negative array index");
  if (at >= MAX_ELEMENTS) throw new FilterError("Array index too large");
  take(8 * Math.max(0, at - array.length));
  while (array.length < at) array.push(null);
  array[at] = value;
  requireRoom(array.length);
}

/** How many elements of a value are looked at before it is taken for one that shares something. */
const MAX_LOOKED_AT = 64;
const MAX_ELEMENTS = 2 ** 26;
/** What an object that grows takes for a key while it is copied to a larger one. */
const KEY_BYTES = 64;
