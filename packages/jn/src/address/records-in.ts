import {
  type ByteSink,
  chain,
  continuing,
  DescriptorSource,
  flushing,
  openSource,
  pump,
  type Source,
  type Transcoder,
} from "@jn/wire";
import type { FormatContext } from "../formats/format.ts";
import { type OptionSpec, OptionValues } from "../formats/option.ts";
import { usageError } from "../jn-error.ts";
import { type Address, placeName, usableDescriptor } from "./address.ts";
import { STANDARD_INPUT, standardInput } from "./standard-input.ts";

/** What reading an address needs besides the address. */
export type ReadContext = Omit<FormatContext, "name">;

/** The option that every text format has when it is read. */
export const ENCODING: OptionSpec = {
  name: "encoding",
  kind: "text",
  help: "decode the text from this encoding (latin1, utf-16le, ...); utf-8 accepts invalid bytes as U+FFFD",
};

/**
 * Reads every address in turn as NDJSON, through `stage` if there is one, into the sink. Stops early when the stage is
 * finished. What was written before a failure is flushed.
 *
 * All options are checked before anything is read.
 *
 * @throws JnError, WireError
 */
export async function readRecordsFrom(
  addresses: readonly Address[],
  context: ReadContext,
  sink: ByteSink,
  stage?: Transcoder,
): Promise<void> {
  const transcoders: Transcoder[] = [];
  for (const address of addresses) {
    const isOnly = addresses.length === 1;
    if (stage !== undefined && isOnly && address.format.isNdjson === true && address.options.size === 0) {
      transcoders.push(continuing(stage));
      continue;
    }
    const reader = await openReader(address, context);
    transcoders.push(stage === undefined ? reader : chain(reader, continuing(stage)));
  }
  for (const [index, address] of addresses.entries()) {
    if (stage?.finished === true) return;
    const source = openPlace(address);
    try {
      pump(source, transcoders[index]!, sink);
    } finally {
      source.close();
    }
  }
  if (stage !== undefined && stage.finished !== true) flushing(sink, () => stage.end(sink));
}

/** How messages of a stage call what it reads. */
export function sourceName(addresses: readonly Address[]): string {
  return addresses.length === 1 ? placeName(addresses[0]!, "standard input") : "the records";
}

/** The reader of an address's format: its bytes in, NDJSON out. */
async function openReader(address: Address, context: ReadContext): Promise<Transcoder> {
  const { format, text } = address;
  if (format.read === undefined) throw usageError(`${text}: ${format.name} can be written, not read`);
  const options = new OptionValues(address.options, [...format.read.options, ENCODING], text);
  const reader = await format.read.open(options, { ...context, name: placeName(address, STANDARD_INPUT) });
  const encoding = options.text("encoding");
  if (encoding === undefined) return reader;
  const { textDecoder } = await import("../text/text-decoder.ts");
  return chain(textDecoder(encoding, text), reader);
}

function openPlace(address: Address): Source {
  const { place } = address;
  if (place.kind === "file") return openSource(place.path);
  if (place.kind === "standard") return standardInput();
  return new DescriptorSource(usableDescriptor(place.fd), placeName(address, STANDARD_INPUT));
}
