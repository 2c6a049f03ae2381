import { columnNames, type Warn } from "../column-names.ts";

/** The keys of the records, as the bytes that are written before each value: `{"id":`, `,"name":`, ... */
export interface CsvColumns {
  readonly count: number;
  readonly names: readonly string[];
  /** The keys, each filled up to whole words (four bytes, little-endian): they are written word by word. */
  readonly keyWords: Int32Array;
  /** `keyWords[wordEnds[n] .. wordEnds[n + 1])` is written before the value of column n; of them count ... */
  readonly wordEnds: Int32Array;
  /** ... this many bytes. */
  readonly keyLengths: Int32Array;
}

/** Columns named by a header, each name once. */
export function headerColumns(names: readonly string[], warn?: Warn): CsvColumns {
  return columnsOf(columnNames(names, warn));
}

/** Columns without a header: `col1`, `col2`, ... */
export function numberedColumns(count: number): CsvColumns {
  return columnsOf(Array.from({ length: count }, (_, index) => `col${index + 1}`));
}

/** The same columns and one more, for a cell that no column was announced for. */
export function withExtraColumn(columns: CsvColumns): CsvColumns {
  let name = `col${columns.names.length + 1}`;
  while (columns.names.includes(name)) name += "_";
  return { ...columnsOf([...columns.names, name]), count: columns.count };
}

function columnsOf(names: readonly string[]): CsvColumns {
  const keys = names.map((name, index) => Buffer.from(`${index === 0 ? "{" : ","}${JSON.stringify(name)}:`));
  const wordEnds = new Int32Array(keys.length + 1);
  for (const [index, key] of keys.entries()) wordEnds[index + 1] = wordEnds[index]! + Math.ceil(key.length / 4);
  const words = Buffer.alloc(4 * wordEnds[keys.length]!);
  for (const [index, key] of keys.entries()) key.copy(words, 4 * wordEnds[index]!);
  const keyWords = Int32Array.from({ length: words.length / 4 }, (_, word) => words.readInt32LE(4 * word));
  return { count: names.length, names, keyWords, wordEnds, keyLengths: Int32Array.from(keys, (key) => key.length) };
}
