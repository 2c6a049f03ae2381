import { closeSync, mkdirSync, open } from "node:fs";
import { dirname } from "node:path";
import { promisify } from "node:util";
import { AtomicFile, type ByteSink, descriptorSink, ioError, pumpChunks, type Transcoder, WireError } from "@jn/wire";
import type { PluginContext } from "../plugins/plugin.ts";
import { TemporaryFile } from "../runs/temporary-file.ts";
import { parseAddress } from "./address.ts";
import { usableDescriptor } from "./places.ts";
import { planWriting } from "./plan.ts";
import { isSpecial, openWriter, requireWritable } from "./records-out.ts";
import { STANDARD_INPUT } from "./standard-input.ts";
import { usageError } from "../jn-error.ts";

/** A file that takes records as they come, and appears complete or not at all; or a device, pipe or FIFO, which gets them at once. */
export interface RecordOutlet extends EndedOutlet {
  /** Takes whole lines of NDJSON, which are only lent. */
  push(lines: Buffer): void;
  /** Writes what is left. Of what is needed to write nothing is kept by what is returned. */
  end(): Promise<EndedOutlet>;
}

/** What all was written to. */
export interface EndedOutlet {
  readonly path: string;
  /** Puts a file in its target's place. */
  commit(): void;
  /** Leaves the target as it was. Never throws. */
  discard(): void;
}

/**
 * Opens what is to be written in the format of its address.
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
  if (place.kind !== "file" && place.kind !== "descriptor")
    throw usageError(`${text}: only files, devices and descriptors can be written here`);
  const writer = await openWriter(plan, { ...context, name: STANDARD_INPUT });
  const isLive = place.kind === "descriptor" || isSpecial(place.path);
  if (place.kind === "file" && options.makesFolder === true) makeFolder(dirname(place.path));
  const file =
    place.kind === "descriptor" ? openedFile(place.fd) : isLive ? await liveFile(place.path) : atomicFile(place.path);
  const sink = descriptorSink(file.fd, plan.name);
  const { push, finish } = "push" in writer ? (isLive ? live : direct)(writer, sink) : spooled(writer, sink);
  const ended = endedOutlet(plan.name, file);
  const end = async (): Promise<EndedOutlet> => {
    await finish();
    return ended;
  };
  return { ...ended, push, end };
}

function endedOutlet(path: string, file: OutletFile): EndedOutlet {
  return { path, commit: () => file.commit(), discard: () => file.discard() };
}

/** How records get into the file. */
interface Writing {
  readonly push: (lines: Buffer) => void;
  readonly finish: () => Promise<void>;
}

type OutletFile = Pick<AtomicFile, "fd" | "commit" | "discard">;

function atomicFile(path: string): OutletFile {
  requireWritable(path);
  return AtomicFile.open(path);
}

/** Not synchronously: as long as nobody reads a FIFO, a signal has to get through. */
async function liveFile(path: string): Promise<OutletFile> {
  try {
    const fd = await promisify(open)(path, "w");
    return { fd, commit: () => closeSync(fd), discard: () => {} };
  } catch (error) {
    throw ioError("open", path, error);
  }
}

function openedFile(fd: number): OutletFile {
  return { fd: usableDescriptor(fd), commit: () => {}, discard: () => {} };
}

function direct(writer: Transcoder, sink: ByteSink): Writing {
  return {
    push: (lines) => writer.push(lines, sink),
    finish: async () => {
      writer.end(sink);
      sink.flush();
    },
  };
}

/** Each record is shown at once. A reader that leaves has had enough: nobody else has to go without. */
function live(writer: Transcoder, sink: ByteSink): Writing {
  let isRead = true;
  const whileRead = (work: () => void): void => {
    if (!isRead) return;
    try {
      work();
      sink.flush();
    } catch (error) {
      if (!(error instanceof WireError && error.code === "READER_LEFT")) throw error;
      isRead = false;
    }
  };
  return {
    push: (lines) => whileRead(() => writer.push(lines, sink)),
    finish: async () => whileRead(() => writer.end(sink)),
  };
}

/** A writer that waits gets its input at the end, out of a temporary file. */
function spooled(writer: (input: AsyncIterable<Buffer>) => AsyncIterable<Buffer>, sink: ByteSink): Writing {
  const spool = new TemporaryFile();
  return {
    push: (lines) => spool.sink.appendRecords(lines, 0, lines.length),
    finish: async () => {
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
