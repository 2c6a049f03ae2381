import type { Transcoder } from "@jn/wire";
import { lineReader, type TextSourceOptions } from "../../formats/text-reader.ts";
import { badData } from "../../jn-error.ts";
import { typedValue } from "../../text/typed-value.ts";

/**
 * Columns with blanks between them, under a line with their names, as ps and df print them: the last column takes the rest of a line.
 *
 * @throws JnError `BAD_DATA` for a line with fewer columns
 */
export function columnsReader(options: TextSourceOptions): Transcoder {
  let names: readonly string[] | undefined;
  return lineReader(options, (line, number, emit) => {
    if (line.trim() === "") return;
    if (names === undefined) {
      // The one name of df that has a blank in it.
      names = line.replace("Mounted on", "Mounted_on").trim().split(/\s+/);
      return;
    }
    const cells = cellsOf(line.trim(), names.length);
    if (cells.length < names.length) {
      const place = { source: options.source, line: number };
      throw badData(place, `the line has ${cells.length} columns, there are ${names.length} names`);
    }
    emit(new Map(names.map((name, at) => [name, typedValue(cells[at]!)])));
  });
}

function cellsOf(line: string, count: number): readonly string[] {
  const cells: string[] = [];
  let rest = line;
  while (cells.length < count - 1) {
    const [, cell, after] = /^(\S+)\s+(.*)$/s.exec(rest) ?? [];
    if (cell === undefined || after === undefined) break;
    cells.push(cell);
    rest = after;
  }
  return [...cells, rest];
}
