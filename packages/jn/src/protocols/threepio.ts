import { programStage } from "../processes/program-stage.ts";
import type { ProtocolPlugin } from "../plugins/plugin.ts";

/**
 * `@3pio/RUN`: the results of a test run, by the program 3pio, which knows its journals. RUN is what `3pio records` takes: latest, an id, the
 * beginning of one.
 */
export const threepio: Omit<ProtocolPlugin, "name" | "role" | "matches"> = {
  summary: "results of test runs that 3pio has recorded: @3pio/latest",
  modes: ["raw"],
  options: [{ name: "full", kind: "boolean", help: "also stacks, values, output and earlier tries" }],
  open(url, options, { name }) {
    const run = url.slice(PREFIX.length);
    const stage = programStage({
      program: { name: "3pio" },
      args: ["records", ...(options.boolean("full") === true ? ["--full"] : []), "--", run],
      name: name.replace(PREFIX, "@3pio/"),
      missing: "3pio is not installed, or not on the path; npm install --global 3pio",
    });
    return Promise.resolve({ bytes: stage(nothing()), mediaType: "application/x-ndjson", close: () => undefined });
  },
};

const PREFIX = "3pio://";

async function* nothing(): AsyncGenerator<Buffer, void, undefined> {
  // It reads no input.
}
