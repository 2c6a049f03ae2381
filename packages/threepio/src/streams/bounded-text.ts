/** Text that is collected until a test ends: at most its beginning and its end; the whole is in the stream itself. */
export class BoundedText {
  #head = "";
  #tail = "";
  #left = 0;

  add(text: string): void {
    const room = this.#tail === "" ? HALF - this.#head.length : 0;
    this.#head += text.slice(0, room);
    this.#tail += text.slice(room);
    if (this.#tail.length <= 2 * HALF) return;
    this.#left += this.#tail.length - HALF;
    this.#tail = this.#tail.slice(-HALF);
  }

  text(): string {
    const between = this.#left === 0 ? "" : `\n[... ${this.#left} characters, which are in output.log ...]\n`;
    return this.#head + between + this.#tail;
  }
}

const HALF = 256 * 1024;
