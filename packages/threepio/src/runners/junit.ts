import { junitStream } from "../streams/junit-stream.ts";
import type { OutputStream, Runner } from "./runner.ts";

/** Files that a runner leaves at its end, copied into the journal. */
export const JUNIT_FILES: OutputStream = { format: "junit", file: "events/*.xml", open: junitStream };

/** The way in for anything that writes JUnit XML. */
export const junit: Runner = {
  name: "junit",
  summary: "anything that writes JUnit XML: 3pio run --junit PATH COMMAND...",
  // Nobody can see from a command that it writes XML.
  matches: () => false,
};
