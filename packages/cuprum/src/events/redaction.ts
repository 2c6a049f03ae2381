import { REDACTED } from "../commands/secret.ts";

/** Hides secrets in what is shown. */
export type Redaction = (text: string) => string;

/** What is not to be shown: a text, or whatever matches. */
export type Hidden = string | RegExp;

/** Length from which a line of a secret of several lines is hidden where it stands alone; shorter ones say too little. */
const MIN_LINE_LENGTH = 8;

/** Replaces every occurrence of a secret text, and every match of a pattern, by `[redacted]`. */
export function redaction(secrets: readonly string[], hidden: readonly Hidden[]): Redaction {
  const given = [...secrets, ...hidden.filter((one) => typeof one === "string")];
  // The longest first: one may be a part of another.
  const texts = [...new Set(given.flatMap(partsOf))].toSorted((a, b) => b.length - a.length);
  const patterns = hidden.filter((one) => typeof one !== "string");
  const all = patterns.map((pattern) => new RegExp(pattern.source, withGlobal(pattern.flags)));
  // In one pass: a short secret must not be found in what stands for another.
  if (texts.length > 0) all.unshift(new RegExp(texts.map(quoted).join("|"), "g"));
  if (all.length === 0) return (text) => text;
  return (text) => all.reduce((shown, pattern) => shown.replaceAll(pattern, REDACTED), text);
}

/** A secret, and the lines of a longer one: output is shown line by line. */
function partsOf(secret: string): readonly string[] {
  if (secret === "") return [];
  const lines = secret.split(/\r?\n/);
  return lines.length === 1 ? [secret] : [secret, ...lines.filter((line) => line.length >= MIN_LINE_LENGTH)];
}

function quoted(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
}

function withGlobal(flags: string): string {
  return `${flags.replaceAll(/[gy]/g, "")}g`;
}
