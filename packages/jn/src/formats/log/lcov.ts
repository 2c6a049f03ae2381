import type { Transcoder } from "@jn/wire";
import { badData } from "../../jn-error.ts";
import { requireRoom } from "../parsing-room.ts";
import { tooLong } from "../record-length.ts";
import { lineReader, type TextSourceOptions } from "../text-reader.ts";

/** What is known of a source file so far. */
interface Coverage {
  readonly test: string | null;
  readonly file: string;
  readonly lines: Map<number, number>;
  readonly functions: Map<string, { line: number | null; hits: number }>;
  readonly branches: {
    readonly line: number;
    readonly block: string;
    readonly branch: string;
    readonly hits: number | null;
  }[];
}

/**
 * The trace file of lcov (geninfo(1), "FILES") as a record for each source file: `file`, `test`, counts of lines, functions and branches
 * found and hit, the lines that were not hit, and functions and branches one by one.
 *
 * @throws JnError `BAD_DATA` with the line
 */
export function lcovReader(options: TextSourceOptions): Transcoder {
  const { source, maxRecordBytes } = options;
  let test: string | null = null;
  let file: Coverage | undefined;
  let last = 0;
  /** Characters and lines of the source file at hand. */
  let size = 0;
  let count = 0;
  return lineReader(
    options,
    (line, number, emit) => {
      last = number;
      const text = line.replace(OUTER_BLANKS, "");
      const [, key = text, value = ""] = /^([A-Z]+):(.*)$/.exec(text) ?? [];
      if (key === "" || key.startsWith("#")) return;
      if (key === "TN") {
        test = value === "" ? null : value;
        return;
      }
      if (key === "SF") {
        size = 0;
        count = 0;
        file = { test, file: value, lines: new Map(), functions: new Map(), branches: [] };
        return;
      }
      if (file === undefined) throw badData({ source, line: number }, `not lcov: '${key}' before the first SF:`);
      size += text.length;
      if (size > maxRecordBytes) throw tooLong(`${source}:${number}`, maxRecordBytes);
      if (++count % LINES_BETWEEN_LOOKS === 0) requireRoom(`${source}:${number}`, count * BYTES_PER_LINE);
      if (key === "end_of_record") {
        emit(summary(file));
        file = undefined;
      } else if (!add(file, key, value.split(",")))
        throw badData({ source, line: number }, `not lcov: '${line.trim()}'`);
    },
    () => {
      if (file !== undefined)
        throw badData({ source, line: last }, "the input ends inside a source file; was it cut off?");
    },
  );
}

function add(file: Coverage, key: string, values: readonly string[]): boolean {
  const [first = "", second = "", third = "", fourth = ""] = values;
  switch (key) {
    case "DA":
      file.lines.set(Number(first), (file.lines.get(Number(first)) ?? 0) + Number(second));
      return /^\d+$/.test(first) && /^\d+$/.test(second);
    case "FN": {
      // The end of the function may stand between its line and its name.
      const name = values.slice(values.length > 2 && /^\d+$/.test(second) ? 2 : 1).join(",");
      file.functions.set(name, { line: Number(first), hits: file.functions.get(name)?.hits ?? 0 });
      return name !== "";
    }
    case "FNDA": {
      const name = values.slice(1).join(",");
      const known = file.functions.get(name) ?? { line: null, hits: 0 };
      file.functions.set(name, { ...known, hits: known.hits + Number(first) });
      return /^\d+$/.test(first);
    }
    case "BRDA":
      file.branches.push({
        line: Number(first),
        block: second,
        branch: third,
        hits: fourth === "-" ? null : Number(fourth),
      });
      return /^\d+$/.test(first) && /^(?:\d+|-)$/.test(fourth);
    default:
      return SUMMARIES.has(key);
  }
}

function summary({ test, file, lines, functions, branches }: Coverage): object {
  const hit = (counts: Iterable<number | null>): number =>
    [...counts].filter((count) => count !== null && count > 0).length;
  const named = [...functions].map(([name, { line, hits }]) => ({ name, line, hits }));
  return {
    file,
    test,
    lines_found: lines.size,
    lines_hit: hit(lines.values()),
    functions_found: named.length,
    functions_hit: hit(named.map(({ hits }) => hits)),
    branches_found: branches.length,
    branches_hit: hit(branches.map(({ hits }) => hits)),
    missed_lines: [...lines].filter(([, hits]) => hits === 0).map(([line]) => line),
    functions: named,
    branches,
  };
}

/** Counts that follow from the rest, and what newer versions add. */
const SUMMARIES: ReadonlySet<string> = new Set([
  "LF",
  "LH",
  "FNF",
  "FNH",
  "BRF",
  "BRH",
  "VER",
  "FNL",
  "FNA",
  "MCDC",
  "MCF",
  "MCH",
]);

const LINES_BETWEEN_LOOKS = 100_000;
/**
 * Of the heap, when the record is made of them, by the peak memory of `/usr/bin/time -f %M jn cat` (garbage included): 700 for 1,000,000 lines
 * `FN:` or 1,500,000 `BRDA:`, 180 for as many `DA:`.
 */
const BYTES_PER_LINE = 700;

/** A file name may end in other white space. */
const OUTER_BLANKS = /^[ \t]+|[ \t]+$/g;
