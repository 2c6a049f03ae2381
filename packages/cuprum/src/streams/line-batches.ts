/** Longest line, in UTF-16 units, that is kept whole; a longer one is given in pieces of about this length. */
export const MAX_LINE_LENGTH: number = 64 * 1024 * 1024;

/**
 * Decodes chunks of UTF-8 to lines, in batches of a chunk each.
 *
 * A line ends at `\n`; a `\r` before it belongs to the end. Nothing else ends a line: not a lone `\r`, no form feed, no
 * U+2028. Invalid bytes become U+FFFD exactly as `TextDecoder` does it, a byte order mark stays, and the lines do not
 * depend on where the input is cut. What follows the last `\n` is a line, too, unless it is empty.
 */
export class LineBatches {
  readonly #decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  readonly #maxLineLength: number;
  /** The start of a line whose end has not come yet, in pieces: joining them each time would be quadratic. */
  #pieces: string[] = [];
  #length = 0;

  constructor(maxLineLength: number = MAX_LINE_LENGTH) {
    this.#maxLineLength = maxLineLength;
  }

  /** The lines that this chunk completes. */
  push(chunk: Uint8Array): readonly string[] {
    return this.#split(this.#decoder.decode(chunk, { stream: true }));
  }

  /** The rest. */
  end(): readonly string[] {
    const lines = this.#split(this.#decoder.decode());
    const rest = this.#take("");
    return rest === "" ? lines : [...lines, rest];
  }

  #split(text: string): string[] {
    const lines: string[] = [];
    let start = 0;
    for (let end = text.indexOf("\n"); end !== -1; end = text.indexOf("\n", start)) {
      const line = this.#length === 0 ? text.slice(start, end) : this.#take(text.slice(start, end));
      lines.push(line.endsWith("\r") ? line.slice(0, -1) : line);
      start = end + 1;
    }
    if (start < text.length) {
      this.#pieces.push(text.slice(start));
      this.#length += text.length - start;
      if (this.#length > this.#maxLineLength) lines.push(this.#take(""));
    }
    return lines;
  }

  #take(last: string): string {
    const line = this.#pieces.join("") + last;
    this.#pieces = [];
    this.#length = 0;
    return line;
  }
}
