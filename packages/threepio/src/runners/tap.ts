import { tapStream } from "../streams/tap-stream.ts";
import type { Runner } from "./runner.ts";

/** The way in for anything that prints the Test Anything Protocol. */
export const tap: Runner = {
  name: "tap",
  summary: "anything that prints TAP: 3pio run --runner tap COMMAND...",
  // Nobody can see from a command that it prints TAP.
  matches: () => false,
  stream: { format: "tap", file: "output.log", open: tapStream },
};
