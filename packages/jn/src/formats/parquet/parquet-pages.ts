import { readSync } from "node:fs";
import type { ColumnMetaData, PageHeader } from "hyparquet";
import { parquetHeader } from "hyparquet/src/column.js";
import { thriftEnd } from "./thrift-check.ts";

/** What the pages of a column take. */
export interface ColumnPages {
  /** In the file, and unpacked. */
  readonly packed: number;
  readonly bytes: number;
  readonly values: number;
  /** Of the page with the most of both, in memory. */
  readonly largestHeap: number;
}

/**
 * Adds up what the headers of a column's pages say, without unpacking any: what the footer says of them may be a lie.
 *
 * @param onPage called for each page with its sizes in the file and unpacked
 * @throws Error that says what is wrong
 */
export function columnPages(
  fd: number,
  about: ColumnMetaData,
  bytesPerValue: number,
  onPage: (packed: number, bytes: number) => void,
): ColumnPages {
  // A dictionary comes first; zero stands for none with some writers.
  const start = Number(about.dictionary_page_offset || about.data_page_offset);
  const end = start + Number(about.total_compressed_size);
  const column = about.path_in_schema.join(".");
  const total = { packed: 0, bytes: 0, values: 0, largestHeap: 0 };
  // As the library does: a last byte is padding.
  for (let at = start; at < end - 1;) {
    const { header, length } = headerAt(fd, at, column);
    const { compressed_page_size: packed, uncompressed_page_size: bytes } = header;
    const values = header.data_page_header?.num_values ?? header.data_page_header_v2?.num_values ?? 0;
    const entries = header.dictionary_page_header?.num_values ?? 0;
    if (!(packed >= 0 && bytes >= 0 && values >= 0 && entries >= 0) || at + length + packed > end)
      throw new Error(`a page of the column ${column} says impossible things of itself; the file is damaged`);
    onPage(packed, bytes);
    total.packed += packed;
    total.bytes += bytes;
    total.values += values;
    total.largestHeap = Math.max(total.largestHeap, bytes + bytesPerValue * (values + entries));
    at += length + packed;
  }
  if (total.values === Number(about.num_values)) return total;
  throw new Error(
    `the column ${column} should have ${about.num_values} values, and its pages have ${total.values}; the file is damaged`,
  );
}

function headerAt(fd: number, at: number, column: string): { readonly header: PageHeader; readonly length: number } {
  // Most headers are short; statistics may have values of any length.
  for (let size = 256; ; size *= 16) {
    const bytes = Buffer.alloc(size);
    const read = readSync(fd, bytes, 0, size, at);
    try {
      const length = thriftEnd(bytes.subarray(0, read), 0);
      const view = new DataView(bytes.buffer, bytes.byteOffset, length);
      return { header: parquetHeader({ view, offset: 0 }), length };
    } catch (error) {
      if (error instanceof RangeError && read === size && size < MAX_HEADER_BYTES) continue;
      throw new Error(`a page of the column ${column} has no header that can be read; the file is damaged`, {
        cause: error,
      });
    }
  }
}

const MAX_HEADER_BYTES = 16 * 1024 * 1024;
