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

/** Bytes that a row can need beyond those it has itself: keys, quotes, nulls, one escape. */
export function roomBesideRow({ keyWords, keyLengths }: CsvColumns): number {
  return 4 * keyWords.length + 12 * keyLengths.length + 64;
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

/** What an empty cell is, as the first four bytes of its JSON: `null`, or `""` and two bytes that are overwritten. */
export const NULL_WORD: number = Buffer.from("null").readInt32LE();
export const EMPTY_STRING_WORD: number = Buffer.from('""  ').readInt32LE();

/** Writes the columns from `first` on, which the row does not have, as nulls (or empty strings); returns the length then. */
export function fillColumns(
  columns: CsvColumns,
  first: number,
  valueWord: number,
  target: DataView,
  start: number,
): number {
  const { count, keyWords, wordEnds, keyLengths } = columns;
  let length = start;
  for (let column = first; column < count; column++) {
    for (let word = wordEnds[column]!, put = length; word < wordEnds[column + 1]!; word++, put += 4) {
      target.setInt32(put, keyWords[word]!, true);
    }
    length += keyLengths[column]!;
    target.setInt32(length, valueWord, true);
    length += valueWord === NULL_WORD ? 4 : 2;
  }
  return length;
}
