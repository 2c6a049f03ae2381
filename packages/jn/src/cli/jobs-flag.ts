import { usageError } from "../jn-error.ts";
import type { Flags } from "./arguments.ts";
import type { FlagSpec } from "./command.ts";

/** The flag of commands whose work on records threads can share. */
export const JOBS: FlagSpec = {
  name: "jobs",
  values: ["N"],
  help: "most threads that share the native work on records, 1 to 64 (default: one a processor, at most 4); none changes the output",
};

/**
 * How many threads are asked for; undefined: nobody says.
 *
 * @throws JnError `USAGE`
 */
export function jobsOf(flags: Flags): number | undefined {
  const text = flags.text(JOBS.name);
  if (text === undefined) return undefined;
  const jobs = /^\d+$/.test(text) ? Number(text) : 0;
  if (jobs < 1 || jobs > MAX_JOBS) throw usageError(`--jobs needs a whole number from 1 to ${MAX_JOBS}, not '${text}'`);
  return jobs;
}

/** As many as the native module takes. */
const MAX_JOBS = 64;
