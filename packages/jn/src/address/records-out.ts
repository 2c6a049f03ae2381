import { accessSync, closeSync, constants, openSync, statSync } from "node:fs";
import { AtomicFile, descriptorSink, ioError, pump, pumpInterruptibly, systemCode, type Transcoder } from "@jn/wire";
import type { FormatContext } from "../formats/format.ts";
import { OptionValues } from "../formats/option.ts";
import { usageError } from "../jn-error.ts";
import { requireUpstreamSuccess } from "../pipeline/stage-mark.ts";
import { type Address, placeName, usableDescriptor } from "./address.ts";
import { STANDARD_INPUT, standardInput } from "./standard-input.ts";

/**
 * Writes the NDJSON on standard input to the address.
 *
 * A file appears complete or not at all: when anything fails, or a signal ends the program, the target is as it was.
 * Devices, pipes and standard output are written to directly.
 *
 * @throws JnError, WireError
 */
export async function writeRecordsTo(address: Address, context: Omit<FormatContext, "name">): Promise<void> {
  const { format, text, place } = address;
  if (format.write === undefined) throw usageError(`${text}: ${format.name} can be read, not written`);
  const options = new OptionValues(address.options, format.write.options, text);
  const writer = await format.write.open(options, { ...context, name: STANDARD_INPUT });
  if (place.kind === "standard") writeToDescriptor(1, placeName(address, "standard output"), writer);
  else if (place.kind === "descriptor") writeToDescriptor(usableDescriptor(place.fd), placeName(address, ""), writer);
  else if (isSpecial(place.path)) writeToDevice(place.path, writer);
  else await writeToFile(place.path, writer);
}

function writeToDescriptor(fd: number, name: string, writer: Transcoder): void {
  pump(standardInput(`so what was written to ${name} is not complete`), writer, descriptorSink(fd, name));
}

function writeToDevice(path: string, writer: Transcoder): void {
  let fd;
  try {
    fd = openSync(path, "w");
  } catch (error) {
    throw ioError("open", path, error);
  }
  writeToDescriptor(fd, path, writer);
  closeSync(fd);
}

async function writeToFile(path: string, writer: Transcoder): Promise<void> {
  requireWritable(path);
  const file = AtomicFile.open(path);
  const stop = (signal: NodeJS.Signals): void => {
    file.discard();
    for (const name of SIGNALS) process.removeListener(name, stop);
    process.kill(process.pid, signal);
  };
  for (const name of SIGNALS) process.on(name, stop);
  try {
    await pumpInterruptibly(0, STANDARD_INPUT, writer, descriptorSink(file.fd, path), async () => {
      // A Ctrl-C reaches every stage at once: upstream may have ended by it, and our own signal waits to be handled.
      await new Promise((resolve) => setImmediate(resolve));
      requireUpstreamSuccess(`so ${path} is left as it was`);
    });
    file.commit();
  } catch (error) {
    file.discard();
    throw error;
  } finally {
    for (const name of SIGNALS) process.removeListener(name, stop);
  }
}

/** To replace a file takes no permission to write it, but whoever write-protects a file means this, too. */
function requireWritable(path: string): void {
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
