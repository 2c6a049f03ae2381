import { REDACTED } from "../commands/secret.ts";

/** Hides secrets in what is shown. */
export type Redaction = (text: string) => string;

/** Replaces every occurrence of a secret, and every match of a pattern, by `[redacted]`. */
export function redaction(secrets: readonly string[], patterns: readonly RegExp[]): Redaction {
  // The longest first: one may be a part of another.
  const texts = [...new Set(secrets)].filter((text) => text !== "").toSorted((a, b) => b.length - a.length);
  const global = patterns.map((pattern) => new RegExp(pattern.source, withGlobal(pattern.flags)));
  if (texts.length === 0 && global.length === 0) return (text) => text;
  return (text) => {
    let shown = text;
    for (const secret of texts) shown = shown.replaceAll(secret, REDACTED);
    for (const pattern of global) shown = shown.replaceAll(pattern, REDACTED);
    return shown;
  };
}

function withGlobal(flags: string): string {
  return `${flags.replaceAll(/[gy]/g, "")}g`;
}
