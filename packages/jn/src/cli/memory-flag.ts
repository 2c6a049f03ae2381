import { usageError } from "../jn-error.ts";
import type { Flags } from "./arguments.ts";
import type { FlagSpec } from "./command.ts";

/** The flag of commands that hold records, up to a bound. */
export const MEMORY: FlagSpec = {
  name: "memory",
  values: ["SIZE"],
  help: "most memory for what is held, such as 64M (default 256M); the rest goes to a temporary file",
};

/** @throws JnError `USAGE` */
export function memoryBytes(flags: Flags, fallback: number): number {
  const bytes = flags.count("memory", fallback);
  if (bytes < LEAST_BYTES) throw usageError("--memory must be 1M or more");
  return bytes;
}

const LEAST_BYTES = 1024 * 1024;
