/** Of a file of one column, `a`: everything that it says of itself may be a lie. */
export interface ParquetLies {
  /** 0: BOOLEAN, 1: INT32, 6: BYTE_ARRAY. */
  readonly type: number;
  /** 0: none, 1: Snappy, 2: gzip, 4: Brotli, 6: Zstandard, 7: LZ4. */
  readonly codec: number;
  /** Of the one page, as it is in the file. */
  readonly packed: Buffer;
  /** What its header says: its bytes when unpacked, how many values, how they are encoded (0: PLAIN). */
  readonly unpackedBytes: number;
  readonly pageValues: number;
  readonly encoding?: number;
  /** What the footer says; default: what the page does. */
  readonly values?: number;
  readonly rows?: number;
}

/** A file in Parquet's format (parquet.thrift), by hand. */
export function parquetFile(lies: ParquetLies): Buffer {
  const { type, codec, packed, unpackedBytes, pageValues, encoding = 0, values = pageValues, rows = values } = lies;
  const header = struct([
    [1, I32, integer(0)],
    [2, I32, integer(unpackedBytes)],
    [3, I32, integer(packed.length)],
    [5, STRUCT, struct([1, 2, 3, 4].map((id) => [id, I32, integer([pageValues, encoding, 3, 3][id - 1]!)]))],
  ]);
  const total = header.length + packed.length;
  const column = struct([
    [1, I32, integer(type)],
    [2, LIST, list(I32, [integer(encoding)])],
    [3, LIST, list(BINARY, [text("a")])],
    [4, I32, integer(codec)],
    [5, I64, integer(values)],
    [6, I64, integer(unpackedBytes)],
    [7, I64, integer(total)],
    [9, I64, integer(MAGIC.length)],
  ]);
  const chunk = struct([
    [2, I64, integer(MAGIC.length)],
    [3, STRUCT, column],
  ]);
  const footer = struct([
    [1, I32, integer(1)],
    [
      2,
      LIST,
      list(STRUCT, [
        struct([
          [4, BINARY, text("root")],
          [5, I32, integer(1)],
        ]),
        struct([
          [1, I32, integer(type)],
          [3, I32, integer(0)],
          [4, BINARY, text("a")],
        ]),
      ]),
    ],
    [3, I64, integer(rows)],
    [
      4,
      LIST,
      list(STRUCT, [
        struct([
          [1, LIST, list(STRUCT, [chunk])],
          [2, I64, integer(total)],
          [3, I64, integer(rows)],
        ]),
      ]),
    ],
  ]);
  return withFooter(Buffer.concat([MAGIC, header, packed]), footer);
}

/** A file that ends with this footer. */
export function withFooter(before: Buffer, footer: Buffer, length: number = footer.length): Buffer {
  const end = Buffer.alloc(4);
  end.writeUInt32LE(length);
  return Buffer.concat([before, footer, end, MAGIC]);
}

/** Thrift's compact protocol. */
function struct(fields: readonly (readonly [id: number, type: number, value: Buffer])[]): Buffer {
  let before = 0;
  const parts = fields.map(([id, type, value]) => {
    const head = Buffer.from([((id - before) << 4) | type]);
    before = id;
    return Buffer.concat([head, value]);
  });
  return Buffer.concat([...parts, Buffer.from([0])]);
}

function list(type: number, items: readonly Buffer[]): Buffer {
  return Buffer.concat([Buffer.from([(items.length << 4) | type]), ...items]);
}

/** Zigzag. */
function integer(value: number): Buffer {
  return varint(value * 2);
}

function text(value: string): Buffer {
  return Buffer.concat([varint(value.length), Buffer.from(value)]);
}

function varint(value: number): Buffer {
  const bytes = [];
  let rest = BigInt(value);
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return Buffer.from([...bytes, Number(rest)]);
}

const I32 = 5;
const I64 = 6;
const BINARY = 8;
const LIST = 9;
const STRUCT = 12;
const MAGIC = Buffer.from("PAR1");
