import type { FlagSpec } from "./command.ts";

/** The flags that every command has. */
export const COMMON_FLAGS: readonly FlagSpec[] = [
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
