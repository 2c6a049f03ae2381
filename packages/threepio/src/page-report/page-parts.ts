import { BAD_STATUSES, type Status } from "../journal/event.ts";
import { isReported, type Result, resultId } from "../model/result.ts";
import { type FullRecord, fullRecordOf } from "../model/result-record.ts";
import { groupOfKey, pathOfKey } from "../model/test-key.ts";
import { runRecordOf, type RunRecord } from "../reports/run-record.ts";
import type { OpenedRun } from "../run/opened-run.ts";
import { withoutShared } from "./shared-names.ts";

/** A part of what the page shows, as JSON. `details` are of the results from `from` to `to`. */
export interface PagePart {
  readonly kind: "run" | "tests" | "details";
  readonly from: number;
  readonly to: number;
  readonly json: string;
}

/** Results in a part. */
const PART_TESTS = 2000;
/** Characters of details in a part, and in all: a page has to open, whatever went wrong. */
const PART_DETAILS = 128 * 1024;
const MAX_DETAILS = 48 * 1024 * 1024;
/** Characters of a text in a detail; the whole is in the journal. */
const MAX_TEXT = 20_000;

/** A letter for each status, as the page reads them. */
const LETTERS: Readonly<Record<Status | "flaky", string>> = {
  pass: "p",
  fail: "f",
  error: "e",
  crashed: "c",
  skip: "s",
  todo: "t",
  xfail: "x",
  xpass: "u",
  flaky: "k",
};

/** What the page shows of other runs. */
export interface PastRuns {
  /** This run and those before it of the same command, the oldest first. */
  readonly runs: readonly RunRecord[];
  /** Statuses of a test in earlier runs, the oldest first. */
  readonly statuses: (id: string) => readonly string[];
}

export const NO_PAST: PastRuns = { runs: [], statuses: () => [] };

/** Everything the page shows, part by part, so that nothing of it has to be held. */
export function* pageParts(run: OpenedRun, past: PastRuns): Generator<PagePart, void, undefined> {
  const { folder, summary, collection } = run;
  const record = runRecordOf(folder.id, summary);
  yield part("run", 0, 0, runOf(record, past.runs));
  const startMs = record.started ?? 0;
  let tests = new TestsPart();
  let details: [number, object][] = [];
  let [detailsLength, allDetails] = [0, 0];
  const workers = new Map<string, number>();
  let path: { readonly group: string; readonly names: readonly string[]; readonly numbers: readonly number[] } = {
    group: "",
    names: [],
    numbers: [],
  };
  let [index, groups] = [0, 0];
  for (const result of collection.results()) {
    if (!isReported(result)) continue;
    const { entry, key } = result;
    const group = groupOfKey(key);
    if (group !== path.group || index === 0) {
      const names = pathOfKey(key).slice(0, -1);
      let same = 0;
      while (same < names.length && same < path.numbers.length && names[same] === path.names[same]) same++;
      const numbers = path.numbers.slice(0, same);
      for (const name of names.slice(same)) {
        tests.groups.push([numbers.at(-1) ?? -1, name]);
        numbers.push(groups++);
      }
      path = { group, names, numbers };
    }
    let worker = workers.get(entry.writer);
    if (worker === undefined) {
      worker = workers.size;
      workers.set(entry.writer, worker);
      tests.workers.push(entry.writer);
    }
    const full = fullRecordOf(folder.id, result, collection.detailOf(entry), (attempt) => collection.detailOf(attempt));
    const isShown = BAD_STATUSES.has(result.status) || result.isFlaky;
    if (isShown) tests.ids.push([tests.count, resultId(result)]);
    tests.add(result, full, path.numbers.at(-1)!, worker, startMs);
    const detail = detailOf(full, result, run, isShown ? past.statuses(full.id) : []);
    if (detail !== undefined) {
      const { length } = JSON.stringify(detail);
      if (allDetails + length <= MAX_DETAILS) {
        details.push([index, detail]);
        detailsLength += length;
        allDetails += length;
      }
    }
    index++;
    if (tests.count === PART_TESTS) {
      yield part("tests", 0, 0, tests.json());
      tests = new TestsPart();
    }
    if (detailsLength >= PART_DETAILS) {
      yield part("details", details[0]![0], details.at(-1)![0], details);
      details = [];
      detailsLength = 0;
    }
  }
  if (tests.count > 0) yield part("tests", 0, 0, tests.json());
  if (details.length > 0) yield part("details", details[0]![0], details.at(-1)![0], details);
}

function part(kind: PagePart["kind"], from: number, to: number, value: object): PagePart {
  return { kind, from, to, json: JSON.stringify(value) };
}

class TestsPart {
  readonly groups: (readonly [parent: number, name: string])[] = [];
  readonly workers: string[] = [];
  readonly ids: (readonly [index: number, id: string])[] = [];
  readonly #names: string[] = [];
  readonly #group: number[] = [];
  readonly #ms: (number | null)[] = [];
  readonly #end: (number | null)[] = [];
  readonly #worker: number[] = [];
  #status = "";
  #lastName = "";
  #lastEnd = 0;

  get count(): number {
    return this.#names.length;
  }

  add(result: Result, { name, occurrence, kind }: FullRecord, group: number, worker: number, startMs: number): void {
    const { entry, status, isFlaky } = result;
    const title = kind === "part" ? `part: ${name}` : name;
    const whole = occurrence === undefined ? title : `${title} (${occurrence})`;
    this.#names.push(withoutShared(whole, this.#lastName));
    this.#lastName = whole;
    addToRuns(this.#group, group);
    addToRuns(this.#worker, worker);
    this.#status += LETTERS[isFlaky ? "flaky" : status];
    this.#ms.push(entry.ms === undefined ? null : Math.round(entry.ms * 10) / 10);
    const end = entry.t > 0 ? entry.t - startMs : undefined;
    this.#end.push(end === undefined ? null : end - this.#lastEnd);
    this.#lastEnd = end ?? this.#lastEnd;
  }

  json(): object {
    const { groups, workers, ids } = this;
    return {
      groups,
      workers,
      names: this.#names,
      ids,
      group: this.#group,
      status: this.#status,
      ms: this.#ms,
      end: this.#end,
      worker: this.#worker,
    };
  }
}

/** Value, count, value, count, ... */
function addToRuns(runs: number[], value: number): void {
  if (runs.at(-2) === value) runs[runs.length - 1]!++;
  else runs.push(value, 1);
}

function runOf(record: RunRecord, history: readonly RunRecord[]): object {
  const { id, state, command = [], runners, started, ms, exitCode, counts, errors, whole, journal, problems } = record;
  return {
    ...{ id, state, command: command.join(" "), runners, started, ms, exitCode, counts, errors, whole, journal },
    problems: problems.slice(0, MAX_PROBLEMS),
    history: history.map((past) => ({
      id: past.id,
      started: past.started,
      ms: past.ms,
      tests: past.tests,
      failed: past.failed + past.errors,
    })),
  };
}

const MAX_PROBLEMS = 20;

/** What the pane shows of a result; undefined: nothing but what its row says. */
function detailOf(
  record: FullRecord,
  result: Result,
  { collection }: OpenedRun,
  before: readonly string[],
): object | undefined {
  const { place, message, reason, stack, expected, actual, output, tries } = record;
  const isBad = BAD_STATUSES.has(result.status);
  const again = isBad && result.kind !== "error" ? collection.commandAgain(result) : undefined;
  const detail = {
    place: isBad ? place : undefined,
    reason: cut(reason),
    message: cut(
      message ??
        (result.status === "crashed"
          ? "It started, and never ended: its process died, or it was interrupted."
          : undefined),
    ),
    stack: cut(stack),
    expected: cut(expected),
    actual: cut(actual),
    output: output?.map(({ stream, text }) => ({ stream, text: cut(text) })),
    tries: tries?.map((tried) => ({ ...tried, message: cut(tried.message), stack: cut(tried.stack) })),
    again,
    before: before.length === 0 ? undefined : before,
  };
  return Object.values(detail).some((value) => value !== undefined) ? detail : undefined;
}

function cut(text: string | undefined): string | undefined {
  if (text === undefined || text.length <= MAX_TEXT) return text;
  const half = MAX_TEXT / 2;
  return `${text.slice(0, half)}\n[... ${text.length - MAX_TEXT} characters, which are in the journal ...]\n${text.slice(-half)}`;
}
