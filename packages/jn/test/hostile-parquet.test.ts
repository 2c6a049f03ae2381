import assert from "node:assert/strict";
import { statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test, type TestContext } from "node:test";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { readHere } from "./support/in-process.ts";
import { folderWith, runJn, succeeded } from "./support/jn.ts";
import { type ParquetLies, parquetFile, withFooter } from "./support/parquet-file.ts";
import { refusedSmall } from "./support/refused.ts";

// Parquet files that are made to harm: bombs, and counts that are lies.

const MEBIBYTE = 1024 * 1024;
const ZEROS = Buffer.alloc(200 * MEBIBYTE);
const BYTE_ARRAY = 6;
const INT32 = 1;
const BOOLEAN = 0;
const SMALL: ParquetLies = { type: INT32, codec: 0, packed: Buffer.alloc(40), unpackedBytes: 40, pageValues: 10 };

/** Zstandard (RFC 8878): blocks of 128 KiB of one byte each. */
function zstandard(bytes: number): Buffer {
  const blocks = Math.ceil(bytes / 131_072);
  const block = (isLast: boolean): Buffer => {
    const head = Buffer.alloc(4);
    head.writeUIntLE((131_072 << 3) | (1 << 1) | (isLast ? 1 : 0), 0, 3);
    return head;
  };
  const frame = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, 0x38]);
  return Buffer.concat([frame, ...Array.from({ length: blocks }, (_, index) => block(index === blocks - 1))]);
}

async function refused(context: TestContext, file: Buffer, message: RegExp): Promise<void> {
  await refusedSmall(folderWith(context, { "f.parquet": file }), ["cat", "f.parquet"], message);
}

describe("bombs of Parquet", { timeout: 120_000 }, () => {
  for (const [name, codec, packed] of [
    ["gzip", 2, gzipSync(ZEROS)],
    ["Brotli", 4, brotliCompressSync(ZEROS)],
    ["Zstandard", 6, zstandard(ZEROS.length)],
  ] as const) {
    test(`${name}: a page that grows to more than 100 times its size`, async (context) => {
      const whole = { ...SMALL, codec, packed, unpackedBytes: ZEROS.length, pageValues: ZEROS.length / 4 };
      await refused(context, parquetFile(whole), /row group 1: \d+ compressed bytes have become more than 100 times/);
    });

    test(`${name}: a page that says that it is small, and is not`, async (context) => {
      const file = parquetFile({ ...SMALL, codec, packed });
      await refused(context, file, /larger than 40 bytes|should have 40 bytes has 209715200; the file is damaged/);
    });
  }

  for (const [name, codec] of [
    ["Snappy", 1],
    ["gzip", 2],
    ["Brotli", 4],
    ["Zstandard", 6],
    ["LZ4", 7],
  ] as const) {
    test(`${name}: a page of some bytes that says that it has two gigabytes`, async (context) => {
      const file = parquetFile({ ...SMALL, codec, unpackedBytes: 2 ** 31 - 1 });
      await refused(context, file, /compressed bytes have become more than 100 times/);
    });
  }

  test("pages that grow to more than 100 times their size are refused, unless that is allowed", async (context) => {
    const path = join(folderWith(context), "bomb.parquet");
    const { parquetWriteFile } = await import("hyparquet-writer");
    parquetWriteFile({
      filename: path,
      columnData: [
        {
          name: "text",
          data: [0, 1, 2].map((last) => `${"x".repeat(5_000_000)}${last}`),
          type: "STRING",
          encoding: "PLAIN",
        },
      ],
      codec: "GZIP",
      compressors: { GZIP: (bytes) => new Uint8Array(gzipSync(bytes)) },
    });
    assert.ok(statSync(path).size < 50_000);
    await assert.rejects(readHere([path]), {
      code: "BAD_DATA",
      message:
        /bomb\.parquet: row group 1: \d+ compressed bytes have become more than 100 times as many; if that is right, allow more with \?max-expand=/,
    });
    const all = await readHere([`${path}?max-expand=10000`], { maxRecordBytes: 6_000_000 });
    assert.equal(all.length, 3 * (5_000_000 + '{"text":"0"}\n'.length));
  });
});

describe("counts of Parquet that are lies", { timeout: 120_000 }, () => {
  const HUGE = 2 ** 31 - 1;
  for (const [what, lies, message] of [
    [
      "two thousand million values in a page of some bytes",
      { type: BOOLEAN, pageValues: HUGE, encoding: 3 },
      /takes about \d+ MiB of memory; there are/,
    ],
    ["the same of text", { type: BYTE_ARRAY, pageValues: HUGE }, /takes about \d+ MiB of memory; there are/],
    ["more rows than values", { rows: 1000 }, /row group 1 has 1000 rows, and 10 values of the column a; .*damaged/],
    ["fewer rows than values", { rows: 5 }, /row group 1 has 5 rows, and 10 values of the column a; .*damaged/],
    ["2^40 rows", { rows: 2 ** 40, values: 2 ** 40 }, /should have 1099511627776 values, and its pages have 10/],
    ["fewer bytes than values", { packed: Buffer.alloc(36), unpackedBytes: 36 }, /f\.parquet: /],
  ] as const) {
    test(what, async (context) => {
      await refused(context, parquetFile({ ...SMALL, ...lies }), message);
    });
  }

  for (const [what, footer, length, message] of [
    ["a list of 2^28 elements", [0x29, 0xfc, 0x80, 0x80, 0x80, 0x80, 1, 0], 8, /a list is said to be longer than/],
    ["lists in lists, 100,000 levels", Array.from({ length: 100_000 }, () => 0x19), 100_000, /nested too deeply/],
    ["a footer longer than the file", [0], 2 ** 30, /its footer is said to be longer than the file/],
    ["nothing but its end", [], 0, /no Parquet|the bytes end inside a structure/],
  ] as const) {
    test(what, async (context) => {
      await refused(context, withFooter(Buffer.from("PAR1"), Buffer.from(footer), length), message);
    });
  }
});

describe("a page whose bytes are more or fewer than its header says", { timeout: 60_000 }, () => {
  // Ten numbers of four bytes: literals of 40 bytes, or of one byte that is repeated 39 times.
  const literals = Buffer.alloc(40, 1);
  const frame = (length: number): Buffer => Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x20, length, 1 | (40 << 3), 1, 0]);
  const hadoop = Buffer.alloc(8);
  hadoop.writeUInt32BE(40);
  hadoop.writeUInt32BE(42, 4);
  const lz4 = Buffer.concat([Buffer.from([0xf0, 25]), literals]);
  for (const [name, codec, packed] of [
    ["Snappy", 1, Buffer.concat([Buffer.from([40, 39 << 2]), literals])],
    ["Zstandard", 6, Buffer.concat([frame(40), literals])],
    ["Zstandard, repeated", 6, Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, 0x38, 3 | ((40 << 3) & 0xff), 40 >> 5, 0, 1])],
    ["LZ4 in Hadoop's frames", 5, Buffer.concat([hadoop, lz4])],
    ["LZ4 in a block", 5, lz4],
    ["raw LZ4", 7, lz4],
    ["raw LZ4, repeated", 7, Buffer.from([0x1f, 1, 1, 0, 15, 0x50, 1, 1, 1, 1, 1])],
  ] as const) {
    test(name, async (context) => {
      const file = (unpackedBytes: number): Record<string, Buffer> => ({
        "f.parquet": parquetFile({ ...SMALL, codec, packed, unpackedBytes, pageValues: Math.floor(unpackedBytes / 4) }),
      });
      const whole = await readHere([join(folderWith(context, file(40)), "f.parquet")]);
      assert.equal(whole, '{"a":16843009}\n'.repeat(10));
      for (const bytes of [36, 44]) {
        const path = join(folderWith(context, file(bytes)), "f.parquet");
        const message = new RegExp(`a page that should have ${bytes} bytes has 40; the file is damaged`);
        await assert.rejects(readHere([path]), { code: "BAD_DATA", message });
      }
    });
  }
});

test("regression: a row group of any number of rows was read as a whole", { timeout: 60_000 }, async (context) => {
  const cwd = folderWith(context);
  const { parquetWriteFile } = await import("hyparquet-writer");
  const rows = 1_000_000;
  parquetWriteFile({
    filename: join(cwd, "long.parquet"),
    columnData: [{ name: "flag", data: Array.from({ length: rows }, (_, index) => index < rows - 1), type: "BOOLEAN" }],
    rowGroupSize: rows,
  });
  const outcome = await runJn(["cat", "long.parquet"], {
    cwd,
    env: { ...process.env, NODE_OPTIONS: "--max-old-space-size=70" },
  });
  const text = succeeded(outcome);
  assert.equal(text.length, rows * '{"flag":true}\n'.length + 1);
  assert.ok(text.endsWith('true}\n{"flag":false}\n'));
});

test("a page whose bytes are damaged is an error, by its checksum", async (context) => {
  const packed = gzipSync(Buffer.alloc(40, 1));
  packed[packed.length - 6]! ^= 1;
  const cwd = folderWith(context);
  writeFileSync(join(cwd, "f.parquet"), parquetFile({ ...SMALL, codec: 2, packed }));
  await assert.rejects(readHere([join(cwd, "f.parquet")]), { code: "BAD_DATA", message: /incorrect data check/ });
});
