/** The keys of one level of objects that paths go through or end at. */
export interface KeyLevel {
  readonly keys: readonly WantedKey[];
  /**
   * The keys of the last object of this level, in order. Records of one source mostly have the same ones in the same
   * order, and to compare with an expected key, a word at a time, is cheaper than to search for a key's end.
   */
  readonly expected: ExpectedKey[];
  /** The slots of everything at this level and below it. */
  readonly slots: readonly number[];
}

export interface WantedKey {
  readonly key: Buffer;
  /** Where the value goes, or -1. */
  readonly slot: number;
  readonly below: KeyLevel | undefined;
}

/** A key as it stands in a record, `"name":`, in words of four bytes, the last one filled up with zeros. */
export interface ExpectedKey {
  readonly words: Int32Array;
  /** Which bytes of the last word count. */
  readonly lastMask: number;
  /** In bytes, the colon included. */
  readonly length: number;
  readonly wanted: WantedKey | undefined;
}

/** @param text the key with its quotes, without the colon */
export function expectedKey(text: Buffer, level: KeyLevel): ExpectedKey {
  const length = text.length + 1;
  const padded = Buffer.alloc(Math.ceil(length / 4) * 4);
  text.copy(padded);
  padded[text.length] = COLON;
  const words = Int32Array.from({ length: padded.length / 4 }, (_, word) => padded.readInt32LE(4 * word));
  const name = text.subarray(1, -1);
  const wanted = level.keys.find(({ key }) => key.equals(name));
  const unused = padded.length - length;
  return { words, lastMask: unused === 0 ? -1 : (1 << (8 * (4 - unused))) - 1, length, wanted };
}

/** Whether the key stands at that place. */
export function isKeyAt(key: ExpectedKey, view: DataView, at: number): boolean {
  const { words } = key;
  const last = words.length - 1;
  if (at + 4 * words.length > view.byteLength) return false;
  for (let word = 0; word < last; word++) if (view.getInt32(at + 4 * word, true) !== words[word]) return false;
  return (view.getInt32(at + 4 * last, true) & key.lastMask) === words[last];
}

/** The outermost level of some paths. */
export function levelOf(wanted: readonly { readonly path: readonly string[]; readonly slot: number }[]): KeyLevel {
  const names = [...new Set(wanted.map(({ path }) => path[0]!))];
  const keys = names.map((name): WantedKey => {
    const under = wanted.filter(({ path }) => path[0] === name);
    const deeper = under.filter(({ path }) => path.length > 1).map(({ path, slot }) => ({ path: path.slice(1), slot }));
    const slot = under.find(({ path }) => path.length === 1)?.slot ?? -1;
    return { key: Buffer.from(name), slot, below: deeper.length === 0 ? undefined : levelOf(deeper) };
  });
  return { keys, expected: [], slots: wanted.map(({ slot }) => slot) };
}

const COLON = 58;
