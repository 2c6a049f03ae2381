import { FilterSyntaxError } from "./syntax-error.ts";
import type { Token } from "./token.ts";

/**
 * Cuts a filter's text into tokens, the last one of kind `end`.
 *
 * @throws FilterSyntaxError
 */
export function tokenize(text: string): readonly Token[] {
  const { tokens, at } = tokensFrom(text, 0, false);
  return [...tokens, { kind: "end", text: "", start: at, end: at }];
}

/** Reads tokens to the end of the text, or, `nested`, to the parenthesis that closes an interpolation. */
function tokensFrom(text: string, start: number, nested: boolean): { readonly tokens: Token[]; readonly at: number } {
  const tokens: Token[] = [];
  let depth = 0;
  let at = start;
  for (;;) {
    BLANKS.lastIndex = at;
    at += BLANKS.exec(text)?.[0].length ?? 0;
    if (at >= text.length) {
      if (nested) throw new FilterSyntaxError(text, start - 2, "this interpolation \\( is never closed with )");
      return { tokens, at };
    }
    if (text[at] === '"') {
      const string = readString(text, at);
      tokens.push(string);
      at = string.end;
      continue;
    }
    if (nested && depth === 0 && text[at] === ")") return { tokens, at };
    const token = readToken(text, at);
    if (token.text === "(") depth++;
    if (token.text === ")") depth--;
    tokens.push(token);
    at = token.end;
  }
}

function readToken(text: string, start: number): Token {
  for (const [kind, pattern] of PATTERNS) {
    pattern.lastIndex = start;
    const match = pattern.exec(text);
    if (match === null) continue;
    const word = match[1] ?? match[0];
    const isKeyword = kind === "name" && KEYWORDS.has(word);
    return { kind: isKeyword ? "keyword" : kind, text: word, start, end: start + match[0].length };
  }
  const character = String.fromCodePoint(text.codePointAt(start)!);
  const hint = character === "'" ? "; strings are written with double quotes" : "";
  throw new FilterSyntaxError(text, start, `'${character}' means nothing here${hint}`);
}

function readString(text: string, start: number): Token {
  const parts: (string | readonly Token[])[] = [];
  let piece = "";
  let at = start + 1;
  for (;;) {
    PLAIN.lastIndex = at;
    const plain = PLAIN.exec(text)?.[0] ?? "";
    piece += plain;
    at += plain.length;
    if (at >= text.length) throw new FilterSyntaxError(text, start, "this string is never closed");
    if (text[at] === '"') break;
    const escape = text[at + 1] ?? "";
    if (escape === "(") {
      const inner = tokensFrom(text, at + 2, true);
      const end: Token = { kind: "end", text: "", start: inner.at, end: inner.at };
      parts.push(piece, [...inner.tokens, end]);
      piece = "";
      at = inner.at + 1;
    } else if (escape === "u") {
      const digits = text.slice(at + 2, at + 6);
      if (!/^[0-9a-fA-F]{4}$/.test(digits)) throw new FilterSyntaxError(text, at, "\\u needs four hexadecimal digits");
      piece += String.fromCharCode(Number.parseInt(digits, 16));
      at += 6;
    } else {
      const character = ESCAPES.get(escape);
      if (character === undefined) throw new FilterSyntaxError(text, at, `there is no escape \\${escape} in strings`);
      piece += character;
      at += 2;
    }
  }
  parts.push(piece);
  return { kind: "string", text: parts.length === 1 ? piece : "", start, end: at + 1, parts };
}

/** A comment goes on in the next line where its own ends with a backslash that no other one escapes. */
const BLANKS = /(?:[ \t\r\n]|#(?:[^\n\\]|\\\r\n|\\[\s\S]|\\$)*)*/y;
const PLAIN = /[^"\\]*/y;

const PATTERNS: readonly (readonly [Token["kind"], RegExp])[] = [
  ["field", /\.([A-Za-z_]\w*)/y],
  ["number", /(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y],
  ["variable", /\$((?:[A-Za-z_]\w*::)*[A-Za-z_]\w*)/y],
  ["format", /@([A-Za-z0-9_]+)/y],
  ["name", /(?:[A-Za-z_]\w*::)*[A-Za-z_]\w*/y],
  ["operator", /\?\/\/|\/\/=|\|=|[-+*/%]=|==|!=|<=|>=|\/\/|\.\.|[|,=<>+\-*/%()[\]{}:;.?$]/y],
];

const KEYWORDS: ReadonlySet<string> = new Set(
  "def if then elif else end as reduce foreach try catch label import include and or".split(" "),
);

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ["\\", "\\"],
  ["/", "/"],
  ["b", "\b"],
  ["f", "\f"],
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
]);
