import type { Transcoder } from "@jn/wire";
import { Composer, type Document, Parser } from "yaml";
import { badData } from "../../jn-error.ts";
import { customTags } from "./yaml-numbers.ts";
import { type Emit, textReader, type TextSourceOptions, tooLong } from "../text-reader.ts";

/**
 * YAML to NDJSON, one document at a time. An array at the top of a document is its elements; any other document is one record.
 * Merge keys (`<<`) are understood; tags of other languages stay what their text says. Whole numbers of any length keep their digits.
 *
 * @throws JnError `BAD_DATA` with the line and column
 */
export function yamlReader(options: TextSourceOptions): Transcoder {
  const { source, maxRecordBytes } = options;
  const lines = new LineStarts();
  const parser = new Parser((offset) => lines.add(offset));
  const composer = new Composer({ intAsBigInt: true, merge: true, logLevel: "silent", customTags });
  let pending = 0;
  const handOn = (documents: Iterable<Document.Parsed>, emit: Emit): void => {
    for (const document of documents) {
      pending = 0;
      const [error] = document.errors;
      if (error !== undefined) {
        throw badData({ source, ...lines.placeOf(error.pos[0]) }, `not YAML: ${firstLine(error.message)}`);
      }
      const value: unknown = document.toJS({ maxAliasCount: MAX_ALIASES });
      if (value === null && document.contents?.range?.[0] === document.contents?.range?.[1]) continue;
      if (Array.isArray(value)) for (const element of value) emit(element);
      else emit(value);
      lines.forgetBefore(document.range[2]);
    }
  };
  const take = (text: string, incomplete: boolean, emit: Emit): void => {
    for (const token of parser.parse(text, incomplete)) handOn(composer.next(token), emit);
  };
  return textReader(options, {
    push(text, emit) {
      pending += text.length;
      take(text, true, emit);
      if (pending > maxRecordBytes) throw tooLong(source, maxRecordBytes);
    },
    end(emit) {
      take("", false, emit);
      handOn(composer.end(), emit);
    },
  });
}

/** Where the lines begin that may still be asked for. */
class LineStarts {
  #starts: number[] = [];
  #forgotten = 0;

  add(offset: number): void {
    if (offset > (this.#starts.at(-1) ?? -1)) this.#starts.push(offset);
  }

  forgetBefore(offset: number): void {
    const keep = Math.max(0, this.#indexOf(offset));
    this.#starts = this.#starts.slice(keep);
    this.#forgotten += keep;
  }

  placeOf(offset: number): { readonly line: number; readonly column: number } {
    const index = this.#indexOf(offset);
    return { line: this.#forgotten + index + 1, column: offset - (this.#starts[index] ?? 0) + 1 };
  }

  /** The last line that begins at or before the offset. */
  #indexOf(offset: number): number {
    let index = this.#starts.length - 1;
    while (index > 0 && this.#starts[index]! > offset) index--;
    return index;
  }
}

function firstLine(message: string): string {
  return message.split("\n")[0]!.replace(/ at line \d+, column \d+:?$/, "");
}

/** How often an alias may be followed: a document of a few lines could else grow to gigabytes ("billion laughs"). */
const MAX_ALIASES = 100;
