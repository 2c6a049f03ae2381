import { DIGITS, type PageTests } from "./page-data.ts";

/** The names of all results. They are put together part by part, when they are first wanted: a page that opens shows a few. */
export class Names {
  readonly #parts: readonly Part[];
  readonly #count: number;

  constructor(blocks: readonly PageTests[]) {
    let start = 0;
    this.#parts = blocks.map(({ names }) => {
      const part = { start, codes: names, names: undefined, searched: undefined };
      start += names.length;
      return part;
    });
    this.#count = start;
  }

  /** The name of a result. */
  of(index: number): string {
    let [low, high] = [0, this.#parts.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#parts[middle]!.start <= index) low = middle;
      else high = middle - 1;
    }
    const part = this.#parts[low]!;
    part.names ??= namesOf(part.codes);
    return part.names[index - part.start]!;
  }

  /** Which names have a word in them, as 1; the word is in lower case, and has no line end. */
  having(word: string): Uint8Array {
    const found = new Uint8Array(this.#count);
    for (const part of this.#parts) {
      const { text, ends } = searchedOf(part);
      let name = 0;
      for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, ends[name])) {
        while (ends[name]! <= at) name++;
        found[part.start + name] = 1;
      }
    }
    return found;
  }

  /** Gets the next names ready to be searched; false when all are. */
  prepare(): boolean {
    const part = this.#parts.find(({ searched }) => searched === undefined);
    if (part !== undefined) searchedOf(part);
    return part !== undefined;
  }
}

interface Part {
  readonly start: number;
  readonly codes: readonly string[];
  names: readonly string[] | undefined;
  searched: Searched | undefined;
}

/** Names in lower case, a line each, and where each line ends: one search finds all of them. */
interface Searched {
  readonly text: string;
  readonly ends: Int32Array;
}

function namesOf(codes: readonly string[]): readonly string[] {
  let last = "";
  return codes.map((code) => {
    const [begin, end] = [DIGITS.indexOf(code[0]!), DIGITS.indexOf(code[1]!)];
    last = last.slice(0, begin) + code.slice(2) + last.slice(last.length - end);
    return last;
  });
}

function searchedOf(part: Part): Searched {
  if (part.searched !== undefined) return part.searched;
  const lines = namesOf(part.codes).map((name) => (name.includes("\n") ? name.replaceAll("\n", " ") : name));
  const text = `${lines.join("\n")}\n`.toLowerCase();
  const ends = new Int32Array(lines.length);
  for (let index = 0, at = 0; index < lines.length; index++) {
    at = text.indexOf("\n", at) + 1;
    ends[index] = at;
  }
  part.searched = { text, ends };
  return part.searched;
}
