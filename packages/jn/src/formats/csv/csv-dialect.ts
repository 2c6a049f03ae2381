import { usageError } from "../../jn-error.ts";

/** How a CSV file is written: the bytes that have a meaning. */
export interface CsvDialect {
  /** Between cells. */
  readonly delimiter: number;
  /** Around cells that contain a delimiter, quote or line end; -1: quotes have no meaning. */
  readonly quote: number;
  /** At the beginning of a line that is not data; -1: none. */
  readonly comment: number;
}

/** What `delimiter=auto` chooses from; the first one wins a tie. */
export const DELIMITER_CANDIDATES: readonly number[] = [...Buffer.from(",\t;|")];

/**
 * The byte that an option's text stands for: one ASCII character, or one of the names `tab comma semicolon pipe space`.
 *
 * @throws JnError `USAGE`
 */
export function dialectByte(option: string, text: string): number {
  const character = NAMED_CHARACTERS.get(text) ?? text;
  const byte = character.codePointAt(0);
  if (byte === undefined || character.length !== 1 || byte > 126 || PART_OF_VALUES.test(character)) {
    throw usageError(
      `?${option}= needs one ASCII character that is no letter, digit or sign, or a name (tab, comma, semicolon, pipe, ` +
        `space), not '${text}'`,
    );
  }
  if (option === "delimiter" && character === '"') throw usageError("?delimiter= cannot be the quotation mark");
  return byte;
}

const NAMED_CHARACTERS: ReadonlyMap<string, string> = new Map([
  ["tab", "\t"],
  ["\\t", "\t"],
  ["comma", ","],
  ["semicolon", ";"],
  ["pipe", "|"],
  ["space", " "],
]);

/** Characters that values are made of, or that end lines: none of them can separate or enclose values. */
const PART_OF_VALUES = /[A-Za-z0-9.+\-\\\r\n\0]/;
