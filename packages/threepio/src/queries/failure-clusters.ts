import { stripVTControlCharacters } from "node:util";
import type { Entry } from "../model/entry.ts";
import { isBad, type Result } from "../model/result.ts";
import { type FullRecord, fullRecordOf, type ResultRecord } from "../model/result-record.ts";
import type { OpenedRun } from "../run/opened-run.ts";
import { topFrame } from "./top-frame.ts";

/** Failures with the same cause: the same message but for numbers and names, from the same place. */
export interface FailureCluster {
  readonly count: number;
  /** `src/sum.ts:12`; undefined when no stack says. */
  readonly frame: string | undefined;
  /** The first of them, in full. */
  readonly first: FullRecord;
  /** The command that runs the first of them again. */
  readonly again: string | undefined;
  /** The next ones. */
  readonly others: readonly ResultRecord[];
}

export interface FailureClusters {
  readonly failures: number;
  /** The largest first. */
  readonly clusters: readonly FailureCluster[];
  /** Failures beyond those clusters: every one of them had another cause. */
  readonly beyond: number;
}

/** Kept of a cluster, besides its first failure. */
const MAX_OTHERS = 4;
/** What is kept does not grow with the number of failures. */
const MAX_CLUSTERS = 500;

/**
 * Groups the failures of a run by cause. The message is compared without what differs between two tests that fail for the same
 * reason (numbers, addresses, quoted values, paths), together with the first frame of the stack that is the project's own.
 */
export function failureClusters({ folder, collection, summary }: OpenedRun): FailureClusters {
  const clusters = new Map<string, Growing>();
  let failures = 0;
  let beyond = 0;
  for (const result of collection.results()) {
    if (!isBad(result)) continue;
    failures++;
    const record = fullRecordOf(folder.id, result, collection.detailOf(result.entry), (entry: Entry) =>
      collection.detailOf(entry),
    );
    const frame = topFrame(record, summary.facts.start?.cwd);
    const cause = `${result.kind}\n${frame ?? ""}\n${normalised(record.message ?? result.status)}`;
    const known = clusters.get(cause);
    if (known !== undefined) {
      known.count++;
      if (known.others.length < MAX_OTHERS) known.others.push(withoutText(record));
    } else if (clusters.size < MAX_CLUSTERS)
      clusters.set(cause, { count: 1, frame, result, first: cut(record), others: [] });
    else beyond++;
  }
  const sorted = [...clusters.values()].toSorted((left, right) => right.count - left.count);
  return {
    failures,
    beyond,
    clusters: sorted.map(({ count, frame, result, first, others }) => ({
      count,
      frame,
      first,
      again: result.kind === "error" ? undefined : collection.commandAgain(result),
      others,
    })),
  };
}

interface Growing {
  count: number;
  readonly frame: string | undefined;
  readonly result: Result;
  readonly first: FullRecord;
  readonly others: ResultRecord[];
}

/** A message without what differs between failures of the same cause. */
function normalised(message: string): string {
  return stripVTControlCharacters(message.slice(0, MAX_COMPARED))
    .replaceAll(/'[^'\n]*'|"[^"\n]*"|`[^`\n]*`/g, "S")
    .replaceAll(/\b0x[0-9a-f]+\b/gi, "N")
    .replaceAll(/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/gi, "N")
    .replaceAll(/(?:[\w.@-]*\/)+[\w.@-]+/g, "P")
    .replaceAll(/-?\d+(?:[.,:]\d+)*/g, "N")
    .replaceAll(/\s+/g, " ")
    .trim();
}

const MAX_COMPARED = 500;
/** Kept of each text of a cluster's first failure. */
const MAX_TEXT = 4000;

function withoutText(record: FullRecord): ResultRecord {
  const { message } = record;
  const short = message === undefined ? record : { ...record, message: message.slice(0, MAX_COMPARED) };
  return { ...short, ...NO_TEXT };
}

/** JSON leaves them out. */
const NO_TEXT: object = {
  stack: undefined,
  expected: undefined,
  actual: undefined,
  output: undefined,
  tries: undefined,
};

function cut(record: FullRecord): FullRecord {
  const cutFields = (["message", "stack", "expected", "actual"] as const).flatMap((name) => {
    const text = record[name];
    return text === undefined ? [] : [[name, text.slice(0, MAX_TEXT)] as const];
  });
  const output = record.output?.slice(-MAX_PIECES).map(({ stream, text }) => ({ stream, text: text.slice(-MAX_TEXT) }));
  return { ...record, ...Object.fromEntries(cutFields), ...(output === undefined ? {} : { output }), ...NO_TRIES };
}

const MAX_PIECES = 4;
const NO_TRIES: object = { tries: undefined };
