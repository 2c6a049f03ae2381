/**
 * Keys inside JavaScript objects.
 *
 * JavaScript moves keys that look like array indices (`"7"`) to the front, whatever order they were set in, so such a key
 * is kept with a NUL before it. A key that begins with NUL gets another one, so that the way back is unambiguous.
 */
export function internalKey(key: string): string {
  const first = key.charCodeAt(0);
  if (first > NINE || (first < ZERO && first !== 0)) return key;
  return first === 0 || ARRAY_INDEX.test(key) ? `\0${key}` : key;
}

export function externalKey(key: string): string {
  return key.charCodeAt(0) === 0 ? key.slice(1) : key;
}

const ZERO = 48;
const NINE = 57;
const ARRAY_INDEX = /^(?:0|[1-9]\d{0,9})$/;
