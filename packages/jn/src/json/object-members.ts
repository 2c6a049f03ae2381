/**
 * Keys and values, in the order of the text, of an object as `parseValue` gives it: one that has a key such as `7` is a Map, because
 * JavaScript's own objects move such keys to the front, and years are often columns.
 */
export function membersOf(value: object): [string, unknown][] {
  return value instanceof Map ? [...(value as ReadonlyMap<string, unknown>)] : Object.entries(value);
}

/** The same value without such Maps, for a library that knows none: keys like `7` come first then. */
export function withoutMaps(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutMaps);
  if (value === null || typeof value !== "object") return value;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (!(value instanceof Map) && prototype !== Object.prototype) return value;
  const plain: Record<string, unknown> = {};
  for (const [key, member] of membersOf(value)) {
    Object.defineProperty(plain, key, {
      value: withoutMaps(member),
      enumerable: true,
      writable: true,
      configurable: true,
    });
  }
  return plain;
}

/** Whether JavaScript's own objects would move the key: an index of an array (ECMAScript, "OrdinaryOwnPropertyKeys"). */
export function isIndexLike(key: string): boolean {
  return INDEX.test(key);
}

const INDEX = /^(?:0|[1-9]\d{0,9})$/;
