import { type ByteSink, descriptorSink } from "@jn/wire";
import { putText } from "../put-text.ts";

/** Prints values as NDJSON, one line each, through one bounded buffer. */
export interface JsonLines {
  put(value: unknown): void;
  /** Writes what is still in the buffer. */
  end(): void;
}

export function jsonLines(sink: ByteSink = descriptorSink(1, "standard output")): JsonLines {
  return {
    put(value) {
      putText(sink, `${JSON.stringify(value)}\n`);
    },
    end() {
      sink.flush();
    },
  };
}
