/** A part of a YAML stream that means the same alone: whole documents, or whole elements of an array at the top of one. */
export interface YamlPiece {
  readonly text: string;
  /** The line that it begins at, from 0. */
  readonly line: number;
  /** Whether something in it may be an anchor or an alias. */
  readonly hasAnchors: boolean;
}

/**
 * Cuts a YAML stream into the smallest pieces that can be read alone. That is decided by the beginnings of lines only:
 *
 * - `---` and `...` there are the borders of documents, whatever is around them (YAML 1.2.2, section 9.1.2: `c-forbidden`), but a `---`
 *   after directives belongs to these.
 * - In a document that begins with `- ` at the beginning of a line, each such line is an element: what is inside an element is indented
 *   (section 8.2.1). Elements are not taken apart once an anchor may have been seen, which later ones could refer to.
 *
 * What is no such border stays in one piece, so in doubt the piece is larger.
 */
export class YamlPieces {
  /** Text that waits, and the line end before it. */
  #pending = "\n";
  /** What has arrived since borders were looked for. */
  #fresh: string[] = [];
  #freshLength = 0;
  /** Up to where borders have been looked for. */
  #scanned = 0;
  /** Where the piece at hand begins, in the pending text. */
  #start = 1;
  #line = 0;
  #document: "unknown" | "array" | "other" = "unknown";
  /** Where the document at hand begins, while it is unknown. */
  #documentStart = 1;
  #hasDirectives = false;

  /** How many characters wait for the end of their piece. */
  get length(): number {
    return this.#pending.length + this.#freshLength - 1;
  }

  *push(text: string): Generator<YamlPiece, void, undefined> {
    this.#fresh.push(text);
    this.#freshLength += text.length;
    // Joining texts copies them: a long piece is looked at when it has grown by a part of its length.
    if (this.#freshLength >= (this.#pending.length - LONG) / 8) yield* this.#cut();
  }

  *end(): Generator<YamlPiece, void, undefined> {
    yield* this.#cut();
    if (this.#pending.length > this.#start) yield this.#pieceUntil(this.#pending.length);
  }

  *#cut(): Generator<YamlPiece, void, undefined> {
    this.#pending += this.#fresh.join("");
    this.#fresh = [];
    this.#freshLength = 0;
    for (;;) {
      BORDER.lastIndex = this.#scanned;
      const found = BORDER.exec(this.#pending);
      const at = BORDER.lastIndex;
      if (found === null) break;
      const mark = found[1]!;
      const lineEnd = mark === "..." ? this.#pending.indexOf("\n", at) : at;
      // A line that is cut off behind is looked at again when it is whole.
      if (lineEnd < 0) break;
      this.#scanned = lineEnd;
      if (mark === "%") this.#hasDirectives = true;
      else if (mark === "-") {
        if (this.#isElement(at)) yield this.#pieceUntil(at);
      } else if (mark === "---") {
        if (!this.#hasDirectives && at > this.#start) yield this.#pieceUntil(at);
        this.#begin(at, this.#hasDirectives ? "other" : "unknown");
      } else {
        yield this.#pieceUntil(lineEnd + 1);
        this.#begin(lineEnd + 1, "unknown");
      }
    }
    this.#forget();
  }

  #begin(at: number, document: "unknown" | "other"): void {
    this.#document = document;
    this.#documentStart = at;
    this.#hasDirectives = false;
  }

  /** Whether an element begins there that is not the first one of its array. */
  #isElement(at: number): boolean {
    if (this.#document === "unknown") {
      FIRST_ELEMENT.lastIndex = this.#documentStart;
      const isFirst = FIRST_ELEMENT.test(this.#pending) && FIRST_ELEMENT.lastIndex === at + 1;
      this.#document = isFirst ? "array" : "other";
      return false;
    }
    if (this.#document === "array" && INSEPARABLE.test(this.#pending.slice(this.#start, at))) this.#document = "other";
    return this.#document === "array";
  }

  #pieceUntil(end: number): YamlPiece {
    const text = this.#pending.slice(this.#start, end);
    const piece = { text, line: this.#line, hasAnchors: ANCHOR.test(text) };
    for (const _ of text.matchAll(LINE_END)) this.#line++;
    this.#start = end;
    return piece;
  }

  /** What has been handed on, but for the line end before the piece at hand. */
  #forget(): void {
    const done = this.#start - 1;
    this.#scanned = Math.max(this.#scanned, this.#pending.length - LONGEST_BORDER) - done;
    this.#documentStart -= done;
    this.#pending = this.#pending.slice(done);
    this.#start = 1;
  }
}

/** A line end before a line that begins with a mark; what follows the mark has to be there, too. */
const BORDER = /\n(?=(---(?=[ \t\r\n])|\.\.\.(?=[ \t\r\n])|%|-(?=[ \r\n])))/g;
const LONGEST_BORDER = "\n---".length;

/** From the beginning of a document, comments and all, to the first element of the array that it is. */
const FIRST_ELEMENT = /(?:---[ \t]*(?:[ \t]#[^\n]*)?\r?\n)?(?: *(?:#[^\n]*)?\r?\n)*-(?=[ \r\n])/y;

/** An anchor or alias stands where a node can begin, so not after a letter or digit. */
const ANCHOR = /(?<!\w)[&*][^\s,[\]{}]/;
/** Line ends of old, which borders are not looked for at, keep things together, too. */
const INSEPARABLE = /(?<!\w)[&*][^\s,[\]{}]|\r(?!\n)/;
const LINE_END = /\r\n?|\n/g;
const LONG = 1024 * 1024;
