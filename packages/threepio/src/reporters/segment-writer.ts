import { writeSync } from "node:fs";
import { relative } from "node:path";
import { DURABILITIES } from "../journal/event.ts";
import { JournalWriter } from "../journal/writer.ts";
import { claim } from "./claim.ts";

/** The journal of a reporter that runs inside a test runner. */
export interface Reporting {
  readonly writer: JournalWriter;
  /** A file as tests are named by it: relative to the working directory. */
  readonly shownFile: (file: string) => string;
}

/**
 * Begins this process's segment, or returns undefined when no run of 3pio asks for one.
 */
export function startReporting(runner: string, runnerVersion: string | undefined): Reporting | undefined {
  const { folder, run, durability } = claim();
  if (folder === undefined || run === undefined) return undefined;
  const cwd = process.cwd();
  const name = `${runner.replaceAll(/[^\w.-]/g, "-")}-${process.pid}-${Date.now().toString(36)}`;
  const writer = new JournalWriter(folder, run, name, {
    durability: DURABILITIES.find((known) => known === durability),
    onFailure: (message) => complain(`3pio: ${message}; the tests go on, but their report will not be complete`),
  });
  writer.write({ type: "hello", runner, runnerVersion, pid: process.pid, cwd });
  process.once("exit", () => writer.close());
  return { writer, shownFile: (file) => (file.startsWith("/") ? relative(cwd, file) || file : file) };
}

/** Not through process.stderr: a runner may have replaced it. */
function complain(message: string): void {
  try {
    writeSync(2, `${message}\n`);
  } catch {
    // Standard error is closed; the failure is also counted in the journal.
  }
}
