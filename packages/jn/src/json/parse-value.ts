import { survivesDouble } from "../text/typed-text.ts";
import { isIndexLike, membersOf } from "./object-members.ts";
import { RawJson } from "./value-text.ts";

/**
 * JSON text as a value for a library. A number that a double cannot hold stays what it is: an integer becomes a `bigint`, any other a
 * `RawJson` with its text; an object whose keys would change their order is a Map (see object-members.ts). The text has been checked.
 */
export function parseValue(text: string): unknown {
  if (!MAY_BE_CHANGED.test(text) && !MAY_MOVE.test(text)) return JSON.parse(text);
  const marked = text.replaceAll(TOKEN, (token, string: string | undefined, colon: string | undefined) => {
    if (string === undefined) return MAY_BE_CHANGED.test(token) ? `"${MARK_TEXT}${token}"` : token;
    if (colon === undefined) return token;
    const key = JSON.parse(string) as string;
    return isIndexLike(key) ? `"${MARK_TEXT}${key}"${colon}` : token;
  });
  return JSON.parse(marked, (_key, value: unknown) => {
    if (typeof value === "string") return value.startsWith(MARK) ? exact(value.slice(MARK.length)) : value;
    return typeof value === "object" && value !== null && !Array.isArray(value) ? inOrder(value) : value;
  });
}

function inOrder(value: object): object {
  const members = membersOf(value);
  if (!members.some(([key]) => key.startsWith(MARK))) return value;
  return new Map(members.map(([key, member]) => [key.startsWith(MARK) ? key.slice(MARK.length) : key, member]));
}

function exact(text: string): unknown {
  const value = Number(text);
  if (INTEGER.test(text)) return Number.isSafeInteger(value) ? value : BigInt(text);
  return survivesDouble(text) ? value : new RawJson(text);
}

/** A whole string, with the colon after it where it is a key, or a number of JSON text. */
const TOKEN = /("(?:[^"\\]|\\.)*")(\s*:)?|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
const INTEGER = /^-?\d+$/;
/** A key of digits, perhaps written by its code points. */
const MAY_MOVE = /"(?:\d|\\u003\d){1,10}"\s*:/;
/** 16 digits or more, with a point among them or not, or an exponent of three or more, which may be out of range. */
const MAY_BE_CHANGED = /\d(?:\.?\d){15}|[eE][+-]?\d{3}/;

/** Nobody else's strings begin with this. */
const MARK = `\u0001${Math.random().toString(36).slice(2)}:`;
const MARK_TEXT = JSON.stringify(MARK).slice(1, -1);
