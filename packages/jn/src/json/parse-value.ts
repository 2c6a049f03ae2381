import { survivesDouble } from "../text/typed-text.ts";
import { RawJson } from "./value-text.ts";

/**
 * JSON text as a value for a library. A number that a double cannot hold stays what it is: an integer becomes a `bigint`, any other a
 * `RawJson` with its text. The text has been checked.
 */
export function parseValue(text: string): unknown {
  if (!MAY_BE_CHANGED.test(text)) return JSON.parse(text);
  const marked = text.replaceAll(TOKEN, (token) => (mayBeChanged(token) ? `"${MARK_TEXT}${token}"` : token));
  return JSON.parse(marked, (_key, value: unknown) =>
    typeof value === "string" && value.startsWith(MARK) ? exact(value.slice(MARK.length)) : value,
  );
}

function mayBeChanged(token: string): boolean {
  return !token.startsWith('"') && MAY_BE_CHANGED.test(token);
}

function exact(text: string): unknown {
  const value = Number(text);
  if (INTEGER.test(text)) return Number.isSafeInteger(value) ? value : BigInt(text);
  return survivesDouble(text) ? value : new RawJson(text);
}

/** A whole string or number of JSON text. */
const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
const INTEGER = /^-?\d+$/;
/** 16 digits or more, with a point among them or not, or an exponent of three or more, which may be out of range. */
const MAY_BE_CHANGED = /\d(?:\.?\d){15}|[eE][+-]?\d{3}/;

/** Nobody else's strings begin with this. */
const MARK = `\u0001${Math.random().toString(36).slice(2)}:`;
const MARK_TEXT = JSON.stringify(MARK).slice(1, -1);
