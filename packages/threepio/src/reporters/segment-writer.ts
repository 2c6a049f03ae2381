import { relative } from "node:path";
import { DURABILITIES } from "../journal/event.ts";
import { JournalWriter } from "../journal/writer.ts";
import { type Claim, claim } from "./claim.ts";
import { complain } from "./harmless.ts";

/** The journal of a reporter that runs inside a test runner. */
export interface Reporting {
  readonly writer: JournalWriter;
  /** A file as tests are named by it: relative to the working directory. */
  readonly shownFile: (file: string) => string;
}

/**
 * Begins a segment of this process, or returns undefined when no run of 3pio asks for one.
 *
 * @param heard what 3pio said, and where the tests began, if this process does not know it itself
 */
export function startReporting(
  runner: string,
  runnerVersion: string | undefined,
  heard: { readonly claimed: Claim; readonly cwd: string } = { claimed: claim(), cwd: process.cwd() },
): Reporting | undefined {
  const { cwd } = heard;
  const { folder, run, durability } = heard.claimed;
  if (folder === undefined || run === undefined) return undefined;
  const name = `${runner.replaceAll(/[^\w.-]/g, "-")}-${process.pid}-${Date.now().toString(36)}${count++ || ""}`;
  const writer = new JournalWriter(folder, run, name, {
    durability: DURABILITIES.find((known) => known === durability),
    onFailure: (message) => complain(`3pio: ${message}; the tests go on, but their report will not be complete`),
  });
  writer.write({ type: "hello", runner, runnerVersion, pid: process.pid, cwd });
  process.once("exit", () => writer.close());
  return { writer, shownFile: (file) => (file.startsWith("/") ? relative(cwd, file) || file : file) };
}

/** Segments of this process. */
let count = 0;
