import { type Result, resultId } from "../model/result.ts";
import { recordOf, titleOf } from "../model/result-record.ts";
import type { OpenedRun } from "../run/opened-run.ts";
import { usageError } from "../threepio-error.ts";

/**
 * The one result that a text means: its id, the beginning of its id, its whole title, or a part of its title that no other has.
 *
 * @throws ThreepioError `USAGE` when there is none, or several
 */
export function foundResult(run: OpenedRun, text: string): Result {
  const isId = /^[0-9a-f]{4,16}$/.test(text);
  const found: { readonly result: Result; readonly title: string }[] = [];
  let count = 0;
  for (const result of run.collection.results()) {
    const title = titleOf(recordOf(run.folder.id, result, undefined));
    if (title === text) return result;
    if (!(isId && resultId(result).startsWith(text)) && !title.includes(text)) continue;
    count++;
    if (found.length < MAX_SHOWN) found.push({ result, title });
  }
  if (count === 1) return found[0]!.result;
  if (count === 0) throw usageError(`there is no test '${text}' in ${run.folder.id}; 3pio records lists all`);
  const shown = found.map(({ result, title }) => `\n  ${resultId(result)} ${title}`).join("");
  throw usageError(`'${text}' means ${count} tests:${shown}${count > MAX_SHOWN ? "\n  ..." : ""}`);
}

const MAX_SHOWN = 10;
