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

/** Called when a column is not called what the header says. */
export type Warn = (message: string) => void;

/**
 * Columns named by a header. An empty name becomes `colN`; a name that is there already gets `_2`, `_3`, ...: no column
 * is lost.
 */
export function headerColumns(names: readonly string[], warn?: Warn): CsvColumns {
  const taken = new Set<string>();
  const unique = names.map((name, index) => {
    const wanted = name === "" ? `col${index + 1}` : name;
    let chosen = wanted;
    for (let count = 2; taken.has(chosen) || (chosen !== wanted && names.includes(chosen)); count++) {
      chosen = `${wanted}_${count}`;
    }
    taken.add(chosen);
    if (chosen !== name) warn?.(`column ${index + 1} ('${name}') is called '${chosen}' here`);
    return chosen;
  });
  return columnsOf(unique);
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
