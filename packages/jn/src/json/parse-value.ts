/**
 * JSON text as a value for a library: integers that a double cannot hold become `bigint`, so that no digit is lost. The text
 * has been checked.
 */
export function parseValue(text: string): unknown {
  if (!/\d{16}/.test(text)) return JSON.parse(text);
  const marked = text.replaceAll(TOKEN, (token) => (LONG.test(token) ? `"${MARK_TEXT}${token}"` : token));
  return JSON.parse(marked, (_key, value: unknown) =>
    typeof value === "string" && value.startsWith(MARK) ? exactInteger(value.slice(MARK.length)) : value,
  );
}

function exactInteger(digits: string): number | bigint {
  const value = Number(digits);
  return Number.isSafeInteger(value) ? value : BigInt(digits);
}

/** A whole string or number of JSON text. */
const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
const LONG = /^-?\d{16,}$/;

/** Nobody else's strings begin with this. */
const MARK = `\u0001${Math.random().toString(36).slice(2)}:`;
const MARK_TEXT = JSON.stringify(MARK).slice(1, -1);
