import { DescriptorSource, type Source } from "@jn/wire";
import { requireUpstreamSuccess } from "../pipeline/stage-mark.ts";

/** How messages call it. */
export const STANDARD_INPUT = "standard input";

/**
 * Standard input, whose end counts only if the stage that wrote it ended well: else reading fails with that stage's
 * failure, and what was cut off is not taken for the end.
 *
 * @param consequence what does not happen then, for the message
 */
export function standardInput(consequence?: string): Source {
  const source = new DescriptorSource(0, STANDARD_INPUT);
  return {
    name: source.name,
    fd: source.fd,
    get paused() {
      return source.paused;
    },
    read() {
      const chunk = source.read();
      if (chunk === undefined) requireUpstreamSuccess(consequence);
      return chunk;
    },
    close() {
      source.close();
    },
  };
}
