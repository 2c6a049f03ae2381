import type { ByteSink } from "@jn/wire";

/**
 * Writes the checked JSON value `bytes[start..end)` over several lines, as an element of an array: `indent` spaces a
 * level, starting at the first level. Every token keeps its own bytes; only blanks between tokens change.
 */
export function indentJson(bytes: Buffer, start: number, end: number, indent: number, out: ByteSink): void {
  let depth = 1;
  const newLine = (): void => {
    const spaces = depth * indent;
    out.reserve(spaces + 1);
    out.bytes[out.length] = NEWLINE;
    out.bytes.fill(SPACE, out.length + 1, out.length + 1 + spaces);
    out.length += spaces + 1;
  };
  out.reserve(indent);
  out.bytes.fill(SPACE, out.length, out.length + indent);
  out.length += indent;
  for (let at = start; at < end;) {
    const byte = bytes[at]!;
    if (byte === QUOTE) {
      const stringEnd = endOfString(bytes, at);
      out.append(bytes, at, stringEnd);
      at = stringEnd;
      continue;
    }
    at++;
    if (byte <= SPACE) continue;
    const opens = byte === OPEN_BRACE || byte === OPEN_BRACKET;
    const closes = byte === CLOSE_BRACE || byte === CLOSE_BRACKET;
    if (closes && !isEmptyContainer(out)) {
      depth--;
      newLine();
    } else if (closes) depth--;
    put(out, byte);
    if (opens) {
      depth++;
      if (!closesNext(bytes, at)) newLine();
    } else if (byte === COMMA) newLine();
    else if (byte === COLON) put(out, SPACE);
  }
}

function put(out: ByteSink, byte: number): void {
  out.reserve(1);
  out.bytes[out.length++] = byte;
}

/** Whether the container being closed has just been opened: then nothing was written since its bracket. */
function isEmptyContainer(out: ByteSink): boolean {
  const last = out.bytes[out.length - 1];
  return last === OPEN_BRACE || last === OPEN_BRACKET;
}

function closesNext(bytes: Buffer, at: number): boolean {
  let next = at;
  while (bytes[next]! <= SPACE) next++;
  return bytes[next] === CLOSE_BRACE || bytes[next] === CLOSE_BRACKET;
}

function endOfString(bytes: Buffer, at: number): number {
  let i = at + 1;
  while (bytes[i] !== QUOTE) i += bytes[i] === BACKSLASH ? 2 : 1;
  return i + 1;
}

const NEWLINE = 10;
const SPACE = 32;
const QUOTE = 34;
const COMMA = 44;
const COLON = 58;
const OPEN_BRACKET = 91;
const BACKSLASH = 92;
const CLOSE_BRACKET = 93;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;
