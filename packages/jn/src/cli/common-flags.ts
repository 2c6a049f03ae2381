import type { FlagSpec } from "./command.ts";

/** The flags that every command has. */
export const COMMON_FLAGS: readonly FlagSpec[] = [
  {
    name: "max-record-bytes",
    values: ["SIZE"],
    help: "longest record accepted, such as 64M (default 256M); a longer one is an error",
  },
  { name: "help", short: "h", help: "show this help" },
];
