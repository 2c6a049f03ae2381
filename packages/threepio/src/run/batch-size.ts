import { usageError } from "../threepio-error.ts";

const VARIABLE = "THREEPIO_EVENT_BUFFER_SIZE";
const DEFAULT = 10_000;
const MAX = 1_000_000;

/**
 * How many events are read in one go, before signals and the command's end are looked at again. No setting can lose an
 * event: what is not read yet is in the journal.
 *
 * @throws ThreepioError `USAGE` for a value that is no whole number between 1 and 1,000,000
 */
export function batchSize(env: NodeJS.ProcessEnv): number {
  const text = env[VARIABLE];
  if (text === undefined) return DEFAULT;
  const size = /^\d{1,7}$/.test(text) ? Number(text) : 0;
  if (size >= 1 && size <= MAX) return size;
  throw usageError(`${VARIABLE} is a whole number between 1 and ${MAX}, not '${text}'; unset it for ${DEFAULT}`);
}
