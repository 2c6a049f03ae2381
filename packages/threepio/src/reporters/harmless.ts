import { writeSync } from "node:fs";

/**
 * Does a part of a reporter's work. A defect of ours, or an object that throws when it is looked at, must not stop anybody's
 * tests: it is said once for each place, and costs what this part would have given.
 */
export function harmless<Result>(place: string, work: () => Result): Result | undefined {
  try {
    return work();
  } catch (error) {
    if (!said.has(place)) complain(`3pio: ${place} could not be reported: ${textOf(error)}; the tests go on`);
    said.add(place);
    return undefined;
  }
}

/** Not through process.stderr: a runner may have replaced it. */
export function complain(message: string): void {
  try {
    writeSync(2, `${message}\n`);
  } catch {
    // Standard error is closed; what could not be written is also counted in the journal.
  }
}

const said = new Set<string>();

function textOf(error: unknown): string {
  try {
    return String(error);
  } catch {
    return "an error that has no text";
  }
}
