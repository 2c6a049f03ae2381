import { visible } from "@jn/wire";

/** Text from a test as inline code: it cannot end the code, break the line or drive a terminal. */
export function code(text: string): string {
  const shown = oneLine(text);
  const longest = longestRun(shown);
  if (longest === 0) return `\`${shown}\``;
  const fence = "`".repeat(longest + 1);
  return `${fence} ${shown} ${fence}`;
}

/** The same in a table, where a vertical bar would end the cell. */
export function cellCode(text: string): string {
  return code(text).replaceAll("|", String.raw`\|`);
}

/** Text from a test as a block, with a fence that is longer than any inside; what is too long is cut in the middle. */
export function block(text: string, indent = ""): string {
  const shown = shortened(text)
    .split("\n")
    .map((line) => `${indent}${visible(line.replace(ANSI, "")).replaceAll(TAB, "\t")}`.trimEnd())
    .join("\n")
    .trimEnd();
  const fence = "`".repeat(Math.max(3, longestRun(shown) + 1));
  return `${indent}${fence}\n${shown}\n${indent}${fence}\n`;
}

/** Text on one line, without anything that could drive a terminal. */
export function oneLine(text: string): string {
  return PLAIN.test(text) ? text : visible(text.replace(ANSI, ""));
}

/** `12 ms` or `3.4 s`; empty when it is not known. */
export function duration(ms: number | undefined): string {
  if (ms === undefined) return "";
  if (ms < 1) return "<1 ms";
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`;
}

/** A path that a link can name: its parts without characters that mean something in one. */
export function linkPath(path: string): string {
  return path.split("/").map(encodeURIComponent).join("/");
}

/** Longest text of a message or an output in a report; the whole is in the journal. */
const MAX_LENGTH = 64 * 1024;

// oxlint-disable-next-line eslint/no-control-regex -- the escape sequences of terminals begin with this character
const ANSI = /\u001b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[@-Z\\-_])/g;
/** Text with nothing that would have to be shown in another way. */
const PLAIN = /^[ -~]*$/;
const TAB = String.raw`\u0009`;

function shortened(text: string): string {
  if (text.length <= MAX_LENGTH) return text;
  const half = MAX_LENGTH / 2;
  return `${text.slice(0, half)}\n[... ${text.length - MAX_LENGTH} characters, which are in the journal ...]\n${text.slice(-half)}`;
}

function longestRun(text: string): number {
  if (!text.includes("`")) return 0;
  return Math.max(0, ...Array.from(text.matchAll(/`+/g), ([run]) => run.length));
}
