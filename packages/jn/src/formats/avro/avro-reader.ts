import { inflateRawSync } from "node:zlib";
import type { ByteSink, Transcoder } from "@jn/wire";
import { steadyHeap } from "../../heap/steady-heap.ts";
import { JnError } from "../../jn-error.ts";
import { MAX_EXPANSION } from "../../codecs/expansion.ts";
import { requireShort, tooLong } from "../record-length.ts";
import { type TextSourceOptions } from "../text-reader.ts";
import { type AvroType, schemaFrom } from "./avro-schema.ts";
import { AvroValues } from "./avro-values.ts";

/** What the header of a file says. */
interface Header {
  readonly type: AvroType;
  readonly isDeflated: boolean;
  readonly sync: Buffer;
}

/**
 * Avro's object container files (specification 1.11.1, "Object Container Files") to NDJSON, one block in memory at a time. Longs and decimals
 * keep their digits, dates and times become ISO text, bytes base64.
 *
 * @throws JnError `BAD_DATA`, WireError `RECORD_TOO_LONG` for a block that is larger than a record may be
 */
export function avroReader(options: TextSourceOptions): Transcoder {
  const { source, maxRecordBytes } = options;
  const pending = new Pending();
  const passed = steadyHeap();
  let header: Header | undefined;
  let blocks = 0;
  const bad = (problem: string): JnError =>
    new JnError("BAD_DATA", `${source}: ${blocks === 0 ? "" : `block ${blocks}: `}not Avro: ${problem}`);
  const guarded = <Result>(work: () => Result): Result | undefined => {
    try {
      return work();
    } catch (error) {
      // There is not enough of it yet.
      if (error instanceof RangeError && !(error as NodeJS.ErrnoException).code?.startsWith("ERR_")) return undefined;
      throw error instanceof JnError || !(error instanceof Error) ? error : bad(error.message);
    }
  };
  const take = (out: ByteSink): void => {
    for (;;) {
      const bytes = pending.bytes;
      if (header === undefined) {
        if (!MAGIC.subarray(0, bytes.length).equals(bytes.subarray(0, MAGIC.length))) throw bad("it begins otherwise");
        const found = guarded(() => headerIn(bytes));
        if (found === undefined) break;
        header = found.header;
        pending.drop(found.end);
        continue;
      }
      const block = guarded(() => blockIn(bytes));
      if (block === undefined || bytes.length < block.end) {
        if (block !== undefined && block.size > maxRecordBytes)
          throw tooLong(`${source}: block ${blocks + 1}`, maxRecordBytes);
        break;
      }
      blocks++;
      if (!header.sync.equals(bytes.subarray(block.end - SYNC_BYTES, block.end)))
        throw bad("the mark at its end is wrong; it is damaged");
      const packed = bytes.subarray(block.start, block.end - SYNC_BYTES);
      passed(writeBlock(header, packed, { number: blocks, count: block.count }, out, options, bad));
      pending.drop(block.end);
    }
    if (pending.bytes.length > maxRecordBytes + MAX_FRAME_BYTES) throw tooLong(source, maxRecordBytes);
  };
  return {
    push(chunk, out) {
      pending.add(chunk);
      if (pending.isWorthALook) take(out);
    },
    end(out) {
      take(out);
      // Nothing at all is no file of this format, but no records either, as with the other formats.
      if (pending.bytes.length > 0) throw bad("the input ends too early; was it cut off?");
    },
  };
}

function headerIn(bytes: Buffer): { readonly header: Header; readonly end: number } {
  const values = new AvroValues(bytes, MAGIC.length);
  const meta = new Map<string, Buffer>();
  for (let count = Number(values.long()); count !== 0; count = Number(values.long())) {
    if (count < 0) values.length();
    for (let left = Math.abs(count); left > 0; left--) {
      const key = values.string();
      meta.set(key, values.bytes(values.length()));
    }
  }
  const sync = Buffer.from(values.bytes(SYNC_BYTES));
  const codec = meta.get("avro.codec")?.toString() ?? "null";
  if (codec !== "null" && codec !== "deflate")
    throw new Error(`blocks are compressed by ${codec}; deflate and null are read`);
  const type = schemaFrom(meta.get("avro.schema")?.toString() ?? "");
  return { header: { type, isDeflated: codec === "deflate", sync }, end: values.at };
}

/** Where the block is that the bytes begin with. */
function blockIn(bytes: Buffer): {
  readonly count: number;
  readonly size: number;
  readonly start: number;
  readonly end: number;
} {
  const values = new AvroValues(bytes);
  const count = values.length();
  const size = values.length();
  return { count, size, start: values.at, end: values.at + size + SYNC_BYTES };
}

/** Writes the records of a block, and returns how many bytes it has when they are unpacked. */
function writeBlock(
  { type, isDeflated }: Header,
  packed: Buffer,
  { number, count }: { readonly number: number; readonly count: number },
  out: ByteSink,
  { source, maxRecordBytes }: TextSourceOptions,
  bad: (problem: string) => JnError,
): number {
  const most = Math.max(HARMLESS_BYTES, Math.min(maxRecordBytes, packed.length * MAX_EXPANSION));
  let problem = "a value is wrong: ";
  try {
    const bytes = isDeflated ? inflateRawSync(packed, { maxOutputLength: most }) : packed;
    const values = new AvroValues(bytes);
    for (let index = 0; index < count; index++) {
      problem = `record ${index + 1}: `;
      const text = values.text(type);
      requireShort(text, `${source}: block ${number}, record ${index + 1}`, maxRecordBytes);
      out.reserve(3 * text.length + 1);
      out.length += out.bytes.write(text, out.length);
      out.bytes[out.length++] = NEWLINE;
      out.commit();
    }
    if (values.at < bytes.length) throw new Error("there is more in the block than its records");
    return bytes.length;
  } catch (error) {
    if (!(error instanceof Error) || (error.name !== "Error" && error.name !== "RangeError")) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ERR_BUFFER_TOO_LARGE") throw bad(`its ${packed.length} bytes would become more than ${most}`);
    throw bad(
      code?.startsWith("Z_") === true ? `its bytes are not deflated: ${error.message}` : problem + error.message,
    );
  }
}

/** Bytes that have come and are not used yet. */
class Pending {
  #buffer: Buffer = Buffer.alloc(0);
  #start = 0;
  #end = 0;
  /** How many there were when a look at them was in vain. */
  #looked = 0;

  get bytes(): Buffer {
    this.#looked = this.#end - this.#start;
    return this.#buffer.subarray(this.#start, this.#end);
  }

  /** A block of many chunks is looked at each time that there is a quarter more of it, so that its length costs linear time. */
  get isWorthALook(): boolean {
    return this.#end - this.#start > this.#looked * 1.25;
  }

  add(chunk: Buffer): void {
    if (this.#end + chunk.length > this.#buffer.length) {
      const grown = Buffer.allocUnsafeSlow(Math.max(FIRST_BYTES, 2 * (this.#end - this.#start + chunk.length)));
      this.#buffer.copy(grown, 0, this.#start, this.#end);
      this.#end -= this.#start;
      this.#start = 0;
      this.#buffer = grown;
    }
    chunk.copy(this.#buffer, this.#end);
    this.#end += chunk.length;
  }

  drop(count: number): void {
    this.#start += count;
    this.#looked = 0;
  }
}

const MAGIC = Buffer.from("Obj\u0001");
const SYNC_BYTES = 16;
/** Two varints and the mark. */
const MAX_FRAME_BYTES = 36;
const HARMLESS_BYTES = 10 * 1024 * 1024;
const FIRST_BYTES = 128 * 1024;
const NEWLINE = 10;
