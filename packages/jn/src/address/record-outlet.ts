import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { AtomicFile, type ByteSink, descriptorSink, ioError, pumpChunks, type Transcoder } from "@jn/wire";
import type { PluginContext } from "../plugins/plugin.ts";
import { TemporaryFile } from "../runs/temporary-file.ts";
import { parseAddress } from "./address.ts";
import { planWriting } from "./plan.ts";
import { openWriter, requireWritable } from "./records-out.ts";
import { STANDARD_INPUT } from "./standard-input.ts";
import { usageError } from "../jn-error.ts";

/** A file that takes records as they come, and appears complete or not at all. */
export interface RecordOutlet {
  readonly path: string;
  /** Takes whole lines of NDJSON, which are only lent. */
  push(lines: Buffer): void;
  /** Writes what is left. */
  end(): Promise<void>;
  /** Puts the file in its target's place. */
  commit(): void;
  /** Leaves the target as it was. Never throws. */
  discard(): void;
}

/**
 * Opens a file to be written in the format of its address.
 *
 * @param makesFolder whether its folder is made if there is none
 * @throws JnError `USAGE`, WireError `IO`
 */
export async function recordOutlet(
  text: string,
  context: Omit<PluginContext, "name">,
  options: { readonly makesFolder?: boolean } = {},
): Promise<RecordOutlet> {
  const plan = await planWriting(parseAddress(text), "standard output");
  const { place } = plan;
  if (place.kind !== "file") throw usageError(`${text}: only files can be written here`);
  const writer = await openWriter(plan, { ...context, name: STANDARD_INPUT });
  if (options.makesFolder === true) makeFolder(dirname(place.path));
  requireWritable(place.path);
  const file = AtomicFile.open(place.path);
  const sink = descriptorSink(file.fd, place.path);
  const parts = "push" in writer ? direct(writer, sink) : spooled(writer, sink);
  return {
    ...parts,
    path: place.path,
    commit: () => file.commit(),
    discard: () => file.discard(),
  };
}

function direct(writer: Transcoder, sink: ByteSink): Pick<RecordOutlet, "push" | "end"> {
  return {
    push: (lines) => writer.push(lines, sink),
    end: async () => {
      writer.end(sink);
      sink.flush();
    },
  };
}

/** A writer that waits gets its input at the end, out of a temporary file. */
function spooled(
  writer: (input: AsyncIterable<Buffer>) => AsyncIterable<Buffer>,
  sink: ByteSink,
): Pick<RecordOutlet, "push" | "end"> {
  const spool = new TemporaryFile();
  return {
    push: (lines) => spool.sink.appendRecords(lines, 0, lines.length),
    end: async () => {
      const { passing } = await import("../streams/transcoding-stage.ts");
      await pumpChunks(writer(spool.chunks()), passing, sink, { flushes: false });
      spool.close();
    },
  };
}

function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch (error) {
    throw ioError("create the folder", path, error);
  }
}
