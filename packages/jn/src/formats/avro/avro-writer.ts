import { randomBytes } from "node:crypto";
import { deflateRawSync } from "node:zlib";
import { badData, JnError } from "../../jn-error.ts";
import type { Bytes, ByteStage, PluginContext } from "../../plugins/plugin.ts";
import { bytesOf, newSpool } from "../../streams/spool.ts";
import { linesOf, valuesOf } from "../../streams/values.ts";
import { AvroBytes } from "./avro-bytes.ts";
import { type Layout, layoutOf, schemaOf, Shape } from "./avro-shape.ts";

/**
 * NDJSON to an Avro object container file. Takes two passes, through a temporary file, because a file has one schema: what all records
 * have at a place decides its type, a union where they differ. A key that is missing becomes null.
 *
 * @throws JnError `BAD_DATA` for numbers that Avro cannot hold unchanged
 */
export function avroWriter(context: PluginContext, isDeflated: boolean): ByteStage {
  return async function* written(input) {
    const records = newSpool("records");
    try {
      const shape = new Shape();
      const { writeFile } = await import("node:fs/promises");
      await writeFile(records.path, linesOf(seen(input, context, shape), context));
      const layout = layoutFor(shape, context.name);
      const sync = randomBytes(16);
      yield header(layout, isDeflated, sync);
      yield* blocks(bytesOf(records), context, layout, isDeflated, sync);
    } finally {
      records.remove();
    }
  };
}

function layoutFor(shape: Shape, name: string): Layout {
  try {
    return layoutOf(shape, "record");
  } catch (error) {
    throw error instanceof Error ? new JnError("BAD_DATA", `${name}: ${error.message}`, { cause: error }) : error;
  }
}

async function* seen(input: Bytes, context: PluginContext, shape: Shape): AsyncGenerator<unknown, void, undefined> {
  for await (const [value, line] of valuesOf(input, context)) {
    try {
      shape.add(value);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      throw badData({ source: context.name, line }, error.message);
    }
    yield value;
  }
}

function header(layout: Layout, isDeflated: boolean, sync: Buffer): Buffer {
  const bytes = new AvroBytes();
  bytes.raw(Buffer.from("Obj\u0001"));
  bytes.long(2);
  for (const [key, value] of [
    ["avro.schema", JSON.stringify(schemaOf(layout))],
    ["avro.codec", isDeflated ? "deflate" : "null"],
  ] as const) {
    bytes.text(key);
    bytes.text(value);
  }
  bytes.long(0);
  bytes.raw(sync);
  return bytes.take();
}

async function* blocks(
  input: Bytes,
  context: PluginContext,
  layout: Layout,
  isDeflated: boolean,
  sync: Buffer,
): AsyncGenerator<Buffer, void, undefined> {
  const block = new AvroBytes();
  let count = 0;
  const framed = (): Buffer => {
    const body = block.take();
    const data = isDeflated ? deflateRawSync(body) : body;
    const frame = new AvroBytes();
    frame.long(count);
    frame.long(data.length);
    frame.raw(data);
    frame.raw(sync);
    count = 0;
    return frame.take();
  };
  for await (const [value] of valuesOf(input, context)) {
    block.value(value, layout);
    count++;
    if (block.length >= BLOCK_BYTES || count >= BLOCK_RECORDS) yield framed();
  }
  if (count > 0) yield framed();
}

const BLOCK_BYTES = 64 * 1024;
const BLOCK_RECORDS = 10_000;
