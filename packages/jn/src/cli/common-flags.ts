import type { Command, FlagSpec } from "./command.ts";

/** The flags that every command has. */
const COMMON_FLAGS: readonly FlagSpec[] = [
  {
    name: "max-record-bytes",
    values: ["SIZE"],
    help: "longest record accepted, such as 64M (default 256M); a longer one is an error",
  },
  {
    name: "progress",
    help: "show the progress on standard error; done by itself on a terminal, after a second",
  },
  { name: "quiet", help: "show no progress, and measure nothing" },
  { name: "stats", help: "print a record on standard error at the end: what went through, and what waited for what" },
  { name: "help", short: "h", help: "show this help" },
];

const ON_ERROR: FlagSpec = {
  name: "on-error",
  values: ["WHAT"],
  help: "at a bad record: stop (default), skip it, or a FILE to write it to; both go on, and count at the end",
};

/** All flags of a command: its own, and those that it shares. */
export function flagsOf({ flags, addresses }: Pick<Command, "flags" | "addresses">): readonly FlagSpec[] {
  return [...flags, ...(addresses === "none" ? [] : [ON_ERROR]), ...COMMON_FLAGS];
}
