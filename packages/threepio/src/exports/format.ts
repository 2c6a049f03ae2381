import { didYouMean } from "@jn/wire";
import { usageError } from "../threepio-error.ts";

/** Names of the formats that `3pio report` writes, and what they are. Without their code, which only reports need. */
export const FORMATS: ReadonlyMap<string, string> = new Map([
  ["html", "one page for a browser, which needs nothing else"],
  ["junit", "JUnit XML, for nearly every CI"],
  ["ctrf", "CTRF JSON, the Common Test Report Format"],
  ["ndjson", "normalised events, an object a line"],
  ["tap", "TAP 14"],
  ["github", "annotations of GitHub Actions, for standard output"],
  ["github-summary", "Markdown for $GITHUB_STEP_SUMMARY"],
  ["markdown", "Markdown for a comment on a pull request"],
]);

/** A report that is to be written at the end of a run. */
export interface RequestedReport {
  readonly format: string;
  readonly path: string;
}

/** @throws ThreepioError `USAGE` */
export function formatNamed(name: string | undefined): string {
  const names = [...FORMATS.keys()];
  if (name !== undefined && FORMATS.has(name)) return name;
  const list = names.join(", ");
  throw usageError(
    name === undefined
      ? `say which format: --format ${list}`
      : `there is no format '${name}'${didYouMean(name, names)}; there are: ${list}`,
  );
}
