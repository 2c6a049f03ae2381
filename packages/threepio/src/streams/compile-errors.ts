import type { TestError } from "../journal/event.ts";
import { BoundedText } from "./bounded-text.ts";

/** Takes the lines that cargo prints while it compiles, and gives the error of a crate that could not be compiled. */
export class CompileErrors {
  #text: BoundedText | undefined;
  #wasOne = false;

  take(line: string): TestError | undefined {
    const isEnd = line.startsWith("error: could not compile");
    if (/^error(?:\[E\d+\])?: /.test(line) && !isEnd && !OF_TESTS.test(line)) this.#text ??= new BoundedText();
    this.#text?.add(`${line}\n`);
    if (!isEnd) return undefined;
    // A crate is compiled for several targets, and says only once what is wrong.
    if (this.#text === undefined && this.#wasOne) return undefined;
    const text = this.#text?.text() ?? line;
    this.#text = undefined;
    this.#wasOne = true;
    return { message: text.split("\n")[0]!, stack: text, ...placeOf(text) };
  }
}

function placeOf(text: string): { readonly file?: string; readonly line?: number } {
  const [, file, line] = /^\s*--> ([^\s:]+):(\d+):\d+$/m.exec(text) ?? [];
  return file === undefined ? {} : { file, line: Number(line) };
}

/** Of tests that failed, not of a compiler. */
const OF_TESTS = /^error: (?:test failed|test run failed|doctest failed|\d+ targets? failed)/;
