import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A line of a journal, read without the program under test. */
export interface RawEvent {
  readonly type: string;
  readonly pid?: number;
  readonly path?: readonly string[];
  readonly status?: string;
}

/** All events of a run by a plain reading of its segments: a line that is no JSON is left out. */
export function rawEvents(run: string): readonly RawEvent[] {
  const folder = join(run, "events");
  return readdirSync(folder)
    .filter((name) => name.endsWith(".jsonl"))
    .flatMap((name) => readFileSync(join(folder, name), "utf8").split("\n"))
    .flatMap((line) => {
      try {
        return line === "" ? [] : [JSON.parse(line) as RawEvent];
      } catch {
        return [];
      }
    });
}
