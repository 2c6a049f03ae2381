import { accessSync, closeSync, constants, openSync, statSync } from "node:fs";
import {
  AtomicFile,
  type ByteSink,
  chunksWhenReady,
  descriptorSink,
  ioError,
  pump,
  pumpChunks,
  systemCode,
  type Transcoder,
} from "@jn/wire";
import type { ByteStage, PluginContext } from "../plugins/plugin.ts";
import { requireUpstreamSuccess } from "../pipeline/stage-mark.ts";
import type { Address } from "./address.ts";
import { usableDescriptor } from "./places.ts";
import { type Plan, planWriting } from "./plan.ts";
import { STANDARD_INPUT, standardInput } from "./standard-input.ts";

/**
 * Writes the NDJSON on standard input to the address.
 *
 * A file appears complete or not at all: when anything fails, or a signal ends the program, the target is as it was.
 * Devices, pipes and standard output are written to directly.
 *
 * @throws JnError, WireError
 */
export async function writeRecordsTo(address: Address, context: Omit<PluginContext, "name">): Promise<void> {
  const plan = await planWriting(address, "standard output");
  const writer = await openWriter(plan, context);
  const { place, name } = plan;
  if (place.kind !== "file")
    await writeToDescriptor(place.kind === "descriptor" ? usableDescriptor(place.fd) : 1, name, writer);
  else if (isSpecial(place.path)) await writeToDevice(place.path, writer);
  else await writeToFile(place.path, writer);
}

/**
 * The same for NDJSON from anywhere.
 *
 * @throws JnError, WireError
 */
export async function writeChunksTo(
  address: Address,
  input: AsyncIterable<Buffer>,
  context: Omit<PluginContext, "name">,
): Promise<void> {
  const plan = await planWriting(address, "standard output");
  const writer = await openWriter(plan, context);
  const { place, name } = plan;
  if (place.kind !== "file") {
    const fd = place.kind === "descriptor" ? usableDescriptor(place.fd) : 1;
    await pumpInto(descriptorSink(fd, name), input, writer);
    return;
  }
  requireWritable(place.path);
  const file = AtomicFile.open(place.path);
  await discardingOnFailure([file], async () => {
    await pumpInto(descriptorSink(file.fd, place.path), input, writer);
    file.commit();
  });
}

/** From NDJSON to the bytes of the destination. */
export async function openWriter(plan: Plan, context: Omit<PluginContext, "name">): Promise<Transcoder | ByteStage> {
  const { format, options, codec } = plan;
  const writer = await format!.write!(options, { ...context, name: STANDARD_INPUT });
  if (codec === undefined || codec === "none") return writer;
  const { encodedWriter } = await import("../streams/encoded-writer.ts");
  return await encodedWriter(writer, plan, codec, context);
}

async function writeToDescriptor(fd: number, name: string, writer: Transcoder | ByteStage): Promise<void> {
  const source = standardInput(`so what was written to ${name} is not complete`);
  const sink = descriptorSink(fd, name);
  if ("push" in writer) {
    pump(source, writer, sink);
    return;
  }
  const { chunksOf, passing } = await import("../streams/transcoding-stage.ts");
  await pumpChunks(writer(chunksOf(source, source.read())), passing, sink);
}

async function writeToDevice(path: string, writer: Transcoder | ByteStage): Promise<void> {
  let fd;
  try {
    fd = openSync(path, "w");
  } catch (error) {
    throw ioError("open", path, error);
  }
  await writeToDescriptor(fd, path, writer);
  closeSync(fd);
}

async function writeToFile(path: string, writer: Transcoder | ByteStage): Promise<void> {
  requireWritable(path);
  const file = AtomicFile.open(path);
  await discardingOnFailure([file], async () => {
    await pumpInto(descriptorSink(file.fd, path), inputFor(path), writer);
    file.commit();
  });
}

/** Does the work; when it fails, or a signal ends the program, files that are not committed are discarded. */
export async function discardingOnFailure(
  files: Iterable<{ discard(): void }>,
  work: () => Promise<void>,
): Promise<void> {
  const discard = (): void => {
    for (const file of files) file.discard();
  };
  const stop = (signal: NodeJS.Signals): void => {
    discard();
    for (const name of SIGNALS) process.removeListener(name, stop);
    process.kill(process.pid, signal);
  };
  for (const name of SIGNALS) process.on(name, stop);
  try {
    await work();
  } catch (error) {
    discard();
    throw error;
  } finally {
    for (const name of SIGNALS) process.removeListener(name, stop);
  }
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

async function pumpInto(sink: ByteSink, input: AsyncIterable<Buffer>, writer: Transcoder | ByteStage): Promise<void> {
  if ("push" in writer) {
    await pumpChunks(input, writer, sink, { flushes: false });
    return;
  }
  const { copied, passing } = await import("../streams/transcoding-stage.ts");
  await pumpChunks(writer(copied(input)), passing, sink, { flushes: false });
}

/** To replace a file takes no permission to write it, but whoever write-protects a file means this, too. */
export function requireWritable(path: string): void {
  try {
    accessSync(path, constants.W_OK);
  } catch (error) {
    if (systemCode(error) !== "ENOENT") throw ioError("write", path, error);
  }
}

function isSpecial(path: string): boolean {
  try {
    const stat = statSync(path, { throwIfNoEntry: false });
    return stat !== undefined && !stat.isFile() && !stat.isDirectory();
  } catch (error) {
    throw ioError("open", path, error);
  }
}

const SIGNALS: readonly NodeJS.Signals[] = ["SIGINT", "SIGTERM", "SIGHUP"];
