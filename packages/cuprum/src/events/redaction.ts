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
  const global = patterns.map((pattern) => new RegExp(pattern.source, withGlobal(pattern.flags)));
  if (texts.length === 0 && global.length === 0) return (text) => text;
  return (text) => {
    let shown = text;
    for (const secret of texts) shown = shown.replaceAll(secret, REDACTED);
    for (const pattern of global) shown = shown.replaceAll(pattern, REDACTED);
    return shown;
  };
}

/** A secret, and the lines of a longer one: output is shown line by line. */
function partsOf(secret: string): readonly string[] {
  if (secret === "") return [];
  const lines = secret.split(/\r?\n/);
  return lines.length === 1 ? [secret] : [secret, ...lines.filter((line) => line.length >= MIN_LINE_LENGTH)];
}

function withGlobal(flags: string): string {
  return `${flags.replaceAll(/[gy]/g, "")}g`;
}
