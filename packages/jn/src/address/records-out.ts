import { accessSync, closeSync, constants, openSync, statSync } from "node:fs";
import {
  AtomicFile,
  type ByteSink,
  chunksWhenReady,
  descriptorSink,
  ioError,
  pump,
  pumpChunks,
  type PumpChunksOptions,
  systemCode,
  type Transcoder,
} from "@jn/wire";
import type { ByteStage, PluginContext } from "../plugins/plugin.ts";
import { requireUpstreamSuccess } from "../pipeline/stage-mark.ts";
import type { Address } from "./address.ts";
import { usableDescriptor } from "./places.ts";
import { type Plan, planWriting } from "./plan.ts";
import { STANDARD_INPUT, standardInput } from "./standard-input.ts";

/** Writes records somewhere: all that `work` gives the sink, if it ends well. */
export type RecordsTarget = (work: (sink: ByteSink) => Promise<void>) => Promise<void>;

/**
 * A destination whose records come from this process: from NDJSON to its bytes, and where they go. undefined: its writer waits for
 * its input, and cannot be a part of another loop.
 *
 * @throws JnError, WireError
 */
export async function openTarget(
  address: Address,
  context: PluginContext,
): Promise<{ readonly transcoder: Transcoder; readonly write: RecordsTarget } | undefined> {
  const plan = await planWriting(address, "standard output");
  const transcoder = await openWriter(plan, context);
  if (!("push" in transcoder)) return undefined;
  return {
    transcoder,
    write: async (work) => {
      const { place, name } = plan;
      if (place.kind !== "file") {
        await work(descriptorSink(place.kind === "descriptor" ? usableDescriptor(place.fd) : 1, name));
      } else if (isSpecial(place.path)) {
        const fd = openDevice(place.path);
        await work(descriptorSink(fd, name));
        closeSync(fd);
      } else await intoFile(place.path, work);
    },
  };
}

/**
 * Writes the NDJSON on standard input to the address.
 *
 * A file appears complete or not at all: when anything fails, or a signal ends the program, the target is as it was.
 * Devices, pipes and standard output are written to directly.
 *
 * @param input NDJSON in place of standard input; when it throws, that is a failure like any other
 * @throws JnError, WireError
 */
export async function writeRecordsTo(
  address: Address,
  context: Omit<PluginContext, "name">,
  input?: AsyncIterable<Buffer>,
): Promise<void> {
  const plan = await planWriting(address, "standard output");
  const writer = await openWriter(plan, { ...context, name: STANDARD_INPUT });
  const { place, name } = plan;
  if (place.kind !== "file")
    await writeToDescriptor(place.kind === "descriptor" ? usableDescriptor(place.fd) : 1, name, writer, input);
  else if (isSpecial(place.path)) await writeToDevice(place.path, writer, input);
  else
    await intoFile(place.path, async (sink) => {
      if (input !== undefined) await pumpInto(sink, input, writer);
      else await pumpInto(sink, inputFor(place.path), writer, { fd: 0 });
    });
}

/** From NDJSON to the bytes of the destination. */
export async function openWriter(plan: Plan, context: PluginContext): Promise<Transcoder | ByteStage> {
  const { format, options, codec } = plan;
  const writer = await format!.write!(options, context);
  if (codec === undefined || codec === "none") return writer;
  const { encodedWriter } = await import("../streams/encoded-writer.ts");
  return await encodedWriter(writer, plan, codec, context);
}

async function writeToDescriptor(
  fd: number,
  name: string,
  writer: Transcoder | ByteStage,
  input: AsyncIterable<Buffer> | undefined,
): Promise<void> {
  if (input !== undefined) {
    await pumpInto(descriptorSink(fd, name), input, writer, { flushes: true });
    return;
  }
  const source = standardInput(`so what was written to ${name} is not complete`);
  const sink = descriptorSink(fd, name);
  if ("push" in writer) {
    pump(source, writer, sink);
    return;
  }
  const { chunksOf, passing } = await import("../streams/transcoding-stage.ts");
  await pumpChunks(writer(chunksOf(source, source.read())), passing, sink);
}

async function writeToDevice(
  path: string,
  writer: Transcoder | ByteStage,
  input: AsyncIterable<Buffer> | undefined,
): Promise<void> {
  const fd = openDevice(path);
  await writeToDescriptor(fd, path, writer, input);
  closeSync(fd);
}

function openDevice(path: string): number {
  try {
    return openSync(path, "w");
  } catch (error) {
    throw ioError("open", path, error);
  }
}

/** The file appears when `work` has ended well. */
async function intoFile(path: string, work: (sink: ByteSink) => Promise<void>): Promise<void> {
  requireWritable(path);
  const files: AtomicFile[] = [];
  // A signal that comes as soon as the temporary file is there finds it here.
  await discardingOnFailure(files, async () => {
    const file = AtomicFile.open(path);
    files.push(file);
    await work(descriptorSink(file.fd, path));
    file.commit();
  });
}

/** Does the work; when it fails, or a signal ends the program, files that are not committed are discarded. */
export async function discardingOnFailure(
  files: Iterable<{ discard(): void }>,
  work: () => Promise<void>,
): Promise<void> {
  const stopWatching = discardingOnSignal(files);
  try {
    await work();
  } catch (error) {
    for (const file of files) file.discard();
    throw error;
  } finally {
    stopWatching();
  }
}

/** From now on a signal that ends the program discards the files that there are by then; until what is returned is called. */
export function discardingOnSignal(files: Iterable<{ discard(): void }>): () => void {
  const stopWatching = (): void => {
    for (const name of SIGNALS) process.removeListener(name, stop);
  };
  const stop = (signal: NodeJS.Signals): void => {
    for (const file of files) file.discard();
    stopWatching();
    process.kill(process.pid, signal);
  };
  for (const name of SIGNALS) process.on(name, stop);
  return stopWatching;
}

/**
 * Standard input, whose end counts only if the stage that wrote it ended well.
 *
 * @param path what is left as it was if not, for the message
 */
export async function* inputFor(path: string): AsyncGenerator<Buffer, void, undefined> {
  yield* chunksWhenReady(0, STANDARD_INPUT);
  // A Ctrl-C reaches every stage at once: upstream may have ended by it, and our own signal waits to be handled.
  await new Promise((resolve) => setImmediate(resolve));
  requireUpstreamSuccess(`so ${path} is left as it was`);
}

async function pumpInto(
  sink: ByteSink,
  input: AsyncIterable<Buffer>,
  writer: Transcoder | ByteStage,
  { flushes = false, fd }: PumpChunksOptions = {},
): Promise<void> {
  if ("push" in writer) {
    await pumpChunks(input, writer, sink, { flushes, fd });
    return;
  }
  const { copied, passing } = await import("../streams/transcoding-stage.ts");
  await pumpChunks(writer(copied(input)), passing, sink, { flushes });
}

/** To replace a file takes no permission to write it, but whoever write-protects a file means this, too. */
export function requireWritable(path: string): void {
  try {
    accessSync(path, constants.W_OK);
  } catch (error) {
    if (systemCode(error) !== "ENOENT") throw ioError("write", path, error);
  }
}

/** Whether there is something that is written as it is: a device, a FIFO. */
export function isSpecial(path: string): boolean {
  try {
    const stat = statSync(path, { throwIfNoEntry: false });
    return stat !== undefined && !stat.isFile() && !stat.isDirectory();
  } catch (error) {
    throw ioError("open", path, error);
  }
}

const SIGNALS: readonly NodeJS.Signals[] = ["SIGINT", "SIGTERM", "SIGHUP"];
