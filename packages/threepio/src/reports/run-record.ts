import type { Status } from "../journal/event.ts";
import { badTotal, type Counts, total } from "../model/counts.ts";
import { runMs, type RunSummary } from "./run-report.ts";
import type { RunState } from "./run-state.ts";

/** The file of a run's folder that has this record. */
export const RUN_RECORD = "run.json";

/** A run as JSON. Fields that are not known are left out. */
export interface RunRecord {
  readonly id: string;
  readonly state: RunState;
  /** What the user typed. */
  readonly command?: readonly string[];
  readonly cwd?: string;
  /** `pytest 9.2.0`. */
  readonly runners: readonly string[];
  /** When it started, ms since 1970. */
  readonly started?: number;
  readonly ms?: number;
  readonly exitCode?: number;
  readonly signal?: string;
  readonly interruptedBy?: string;
  /** Of the files under test, where there is a repository. */
  readonly commit?: string;
  readonly tree?: string;
  /** Tests with a verdict. */
  readonly tests: number;
  /** Tests that failed, whatever for. */
  readonly failed: number;
  readonly counts: Readonly<Record<Status | "flaky", number>>;
  /** Errors outside of tests. */
  readonly errors: number;
  /** Parts of tests. */
  readonly parts: { readonly passed: number; readonly failed: number };
  /** Files, packages, crates. */
  readonly files: number;
  /** Tests that the runners said they would run. */
  readonly collected?: number;
  /** Whether the journal is whole, and what is wrong with it. */
  readonly whole: boolean;
  readonly journal: string;
  readonly problems: readonly string[];
}

export function runRecordOf(id: string, { state, facts, overview, integrity }: RunSummary): RunRecord {
  const { start, end, firstMs, collected, runners, tree } = facts;
  const { counts, errors, subtests, roots } = overview;
  const ms = runMs(facts);
  return {
    id,
    state,
    ...(start === undefined ? {} : { command: start.command, cwd: start.cwd }),
    runners,
    ...(firstMs === undefined ? {} : { started: firstMs }),
    ...(ms === undefined ? {} : { ms }),
    ...(end === undefined ? {} : { exitCode: end.exitCode }),
    ...(end?.signal === undefined ? {} : { signal: end.signal }),
    ...(end?.interruptedBy === undefined ? {} : { interruptedBy: end.interruptedBy }),
    ...tree,
    tests: total(counts),
    failed: badTotal(counts),
    counts: counts satisfies Counts,
    errors,
    parts: { passed: subtests[0], failed: subtests[1] },
    files: roots,
    ...(collected === undefined ? {} : { collected }),
    whole: integrity.isWhole,
    journal: integrity.summary,
    problems: integrity.problems,
  };
}
