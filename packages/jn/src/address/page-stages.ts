import { ByteSink, type Transcoder } from "@jn/wire";
import { loadFilter } from "../filter/compiler/compile.ts";
import type { PluginContext } from "../plugins/plugin.ts";
import type { Paging } from "../profiles/paging.ts";
import { filteredRecords } from "../stages/filtered-records.ts";

/** What a page was found to have, when it has been read. */
export interface PageSeen {
  /** What the cursor's expression gave last: text, or undefined when there is no next page. */
  cursor: string | undefined;
  records: number;
}

/**
 * Stages for a page: they look for the cursor in the answer, take the records out of it, and count them.
 *
 * @param records a jq expression for the records of an answer, such as `.items[]`; undefined: it is records
 */
export async function pageStages(
  records: string | undefined,
  paging: Paging | undefined,
  seen: PageSeen,
  { name: source, maxRecordBytes }: PluginContext,
): Promise<readonly Transcoder[]> {
  const options = { source, maxRecordBytes, results: "values" } as const;
  const stages: Transcoder[] = [];
  if (paging?.next !== undefined) {
    const found = new ByteSink((bytes, start, end) => {
      seen.cursor = cursorIn(bytes.toString("utf8", start, end));
    });
    stages.push(observed(filteredRecords(await loadFilter(paging.next), options), found));
  }
  if (records !== undefined) stages.push(filteredRecords(await loadFilter(records), options));
  if (paging?.by === "page" || paging?.by === "offset") stages.push(counting(seen));
  return stages;
}

/** Passes on what comes, and shows it to another transcoder. */
function observed(observer: Transcoder, out: ByteSink): Transcoder {
  return {
    push(chunk, passed) {
      observer.push(chunk, out);
      out.flush();
      passed.appendRecords(chunk, 0, chunk.length);
    },
    end() {
      observer.end(out);
      out.flush();
    },
  };
}

/** The last of these JSON lines as text; false, null and nothing are none. */
function cursorIn(lines: string): string | undefined {
  const value = JSON.parse(lines.trimEnd().split("\n").at(-1)!) as unknown;
  if (value === null || value === false || value === "") return undefined;
  return typeof value === "string" ? value : JSON.stringify(value);
}

function counting(seen: PageSeen): Transcoder {
  return {
    push(chunk, out) {
      for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, at + 1)) seen.records++;
      out.appendRecords(chunk, 0, chunk.length);
    },
    end() {
      // Every record has its newline.
    },
  };
}

const NEWLINE = 10;
