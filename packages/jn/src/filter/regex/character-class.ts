import { PatternError } from "./pattern.ts";

/** A character as it stands in a class of JavaScript's `v` flag. */
export function quotedCharacter(point: number): string {
  return point > 0x7f || WORD.test(String.fromCodePoint(point))
    ? String.fromCodePoint(point)
    : `\\x${point.toString(16).padStart(2, "0")}`;
}

/** The class of `\d`, `\w`, ... by its letter; of Unicode, as Oniguruma has them. */
export const SHORTHANDS: ReadonlyMap<string, string> = new Map([
  ["d", "[\\p{Nd}]"],
  ["D", "[\\P{Nd}]"],
  ["w", "[\\p{L}\\p{M}\\p{N}\\p{Pc}]"],
  ["W", "[^\\p{L}\\p{M}\\p{N}\\p{Pc}]"],
  ["s", "[\\t-\\r\\x85\\p{Z}]"],
  ["S", "[^\\t-\\r\\x85\\p{Z}]"],
  ["N", "[^\\n]"],
  ["O", "[\\p{Any}]"],
]);

/** The class of `[:name:]`, or of `\p{name}` where the name is one of POSIX. */
const POSIX: ReadonlyMap<string, string> = new Map([
  ["alnum", "[\\p{Alphabetic}\\p{Nd}]"],
  ["alpha", "[\\p{Alphabetic}]"],
  ["ascii", "[\\x00-\\x7f]"],
  ["blank", "[\\t\\p{Zs}]"],
  ["cntrl", "[\\p{Cc}]"],
  ["digit", "[\\p{Nd}]"],
  ["graph", "[[\\p{Any}]--[\\p{Z}\\p{C}\\t-\\r]]"],
  ["lower", "[\\p{Lowercase}]"],
  ["print", "[[\\p{Any}]--[\\p{Cc}\\p{Cs}\\p{Cn}\\u2028\\u2029]]"],
  ["punct", "[\\p{P}\\p{S}]"],
  ["space", SHORTHANDS.get("s")!],
  ["upper", "[\\p{Uppercase}]"],
  ["word", SHORTHANDS.get("w")!],
  ["xdigit", "[0-9a-fA-F]"],
]);

/** The class of `[:name:]` or `[:^name:]`. */
export function posixClass(name: string, negative: boolean): string {
  const found = POSIX.get(name);
  if (found === undefined) throw new PatternError("invalid POSIX bracket type");
  return negative ? negated(found) : found;
}

/** The class of `\p{name}`: a POSIX name, a general category, a script or a binary property of Unicode. */
export function propertyClass(written: string, negative: boolean): string {
  const isNegated = negative !== written.startsWith("^");
  const name = written.replace(/^\^/, "");
  const plain = name.replaceAll(/[ _-]/g, "").toLowerCase();
  const found = POSIX.get(plain) ?? unicodeProperty(name);
  if (found === undefined) throw new PatternError(`invalid character property name {${written}}`);
  return isNegated ? negated(found) : found;
}

export function negated(source: string): string {
  return `[^${source}]`;
}

function unicodeProperty(name: string): string | undefined {
  if (!/^\w+(?:[ -]\w+)*$/.test(name)) return undefined;
  const words = name.split(/[ _-]/).map((word) => word[0]!.toUpperCase() + word.slice(1).toLowerCase());
  const titled = words.join("_");
  for (const candidate of [name, titled, name.toUpperCase()]) {
    for (const source of [`[\\p{${candidate}}]`, `[\\p{Script=${candidate}}]`]) {
      if (isClass(source)) return source;
    }
  }
  return undefined;
}

function isClass(source: string): boolean {
  try {
    return new RegExp(source, "v") instanceof RegExp;
  } catch {
    return false;
  }
}

/** Whether a character is in a class, by a table for ASCII and by the engine, remembered, for others. */
export interface CharacterTest {
  readonly ascii: Uint8Array;
  readonly others: (point: number) => boolean;
}

export function characterTest(source: string, ignoresCase: boolean): CharacterTest {
  const key = `${ignoresCase ? "i" : ""}${source}`;
  const known = tests.get(key);
  if (known !== undefined) return known;
  const expression = new RegExp(`^${source}$`, ignoresCase ? "vi" : "v");
  const ascii = new Uint8Array(128);
  for (let point = 0; point < 128; point++) ascii[point] = expression.test(String.fromCharCode(point)) ? 1 : 0;
  const remembered = new Map<number, boolean>();
  const others = (point: number): boolean => {
    let result = remembered.get(point);
    if (result === undefined) {
      result = expression.test(String.fromCodePoint(point));
      if (remembered.size >= MAX_REMEMBERED) remembered.clear();
      remembered.set(point, result);
    }
    return result;
  };
  const test = { ascii, others };
  if (tests.size >= MAX_REMEMBERED) tests.clear();
  tests.set(key, test);
  return test;
}

const tests = new Map<string, CharacterTest>();
const MAX_REMEMBERED = 4096;
const WORD = /^\w$/;
