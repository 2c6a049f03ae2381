import type { OutputPiece, Status, TestError } from "../journal/event.ts";
import type { Detail } from "./detail-store.ts";
import { type Result, resultId } from "./result.ts";
import { pathOfKey } from "./test-key.ts";

/** One result as JSON: what `3pio records` prints, and every `--json` that lists results. Fields that are not known are left out. */
export interface ResultRecord {
  readonly id: string;
  /** The run's id. */
  readonly run: string;
  readonly kind: Result["kind"];
  readonly status: Status;
  /** Passed, after an attempt that had failed. */
  readonly flaky: boolean;
  /** The root of its path: a file, package or crate. */
  readonly file: string;
  /** The groups between file and name. */
  readonly groups: readonly string[];
  readonly name: string;
  /** 2 for the second result with this path, and so on. */
  readonly occurrence?: number;
  readonly ms?: number;
  /** When it ended, ms since 1970. */
  readonly ended?: number;
  /** The process that reported it. */
  readonly worker: string;
  /** `tests/test_a.py:12`: where it failed, or else where it is. */
  readonly place?: string;
  readonly message?: string;
  /** Why it was skipped, or is expected to fail. */
  readonly reason?: string;
  /** Tries before this verdict. */
  readonly attempts: number;
}

/** The same with everything that was recorded. */
export interface FullRecord extends ResultRecord {
  readonly stack?: string;
  readonly expected?: string;
  readonly actual?: string;
  readonly output?: readonly OutputPiece[];
  readonly tries?: readonly Try[];
}

/** An attempt that did not count. */
export interface Try {
  readonly status: Status;
  readonly ms?: number;
  readonly message?: string;
  readonly stack?: string;
  readonly output?: readonly OutputPiece[];
}

export function recordOf(run: string, result: Result, detail: Detail | undefined): ResultRecord {
  const { kind, status, isFlaky, key, occurrence, entry, attempts } = result;
  const [file = "", ...names] = pathOfKey(key);
  const error = errorOf(detail);
  const place = placeOf(detail);
  const reason = detail !== undefined && "reason" in detail ? detail.reason : undefined;
  const phase = detail?.type === "group.error" ? `[${detail.phase}]` : undefined;
  return {
    id: resultId(result),
    run,
    kind,
    status,
    flaky: isFlaky,
    file,
    groups: names.slice(0, -1),
    name: phase ?? names.at(-1) ?? "",
    ...(occurrence === 0 ? {} : { occurrence: occurrence + 1 }),
    ...(entry.ms === undefined ? {} : { ms: entry.ms }),
    ...(entry.t > 0 ? { ended: entry.t } : {}),
    worker: entry.writer,
    ...(place === undefined ? {} : { place }),
    ...(error === undefined ? {} : { message: error.message }),
    ...(reason === undefined || reason === "" ? {} : { reason }),
    attempts: attempts.length,
  };
}

/** @param read reads an attempt's event */
export function fullRecordOf(
  run: string,
  result: Result,
  detail: Detail | undefined,
  read: (attempt: Result["entry"]) => Detail | undefined,
): FullRecord {
  const { stack, expected, actual } = errorOf(detail) ?? {};
  const output = outputOf(detail);
  const tries = result.attempts.map((attempt): Try => {
    const tried = read(attempt);
    const error = errorOf(tried);
    const printed = outputOf(tried);
    return {
      status: attempt.status ?? "error",
      ...(attempt.ms === undefined ? {} : { ms: attempt.ms }),
      ...(error === undefined ? {} : { message: error.message }),
      ...(error?.stack === undefined ? {} : { stack: error.stack }),
      ...(printed === undefined ? {} : { output: printed }),
    };
  });
  return {
    ...recordOf(run, result, detail),
    ...(stack === undefined ? {} : { stack }),
    ...(expected === undefined ? {} : { expected }),
    ...(actual === undefined ? {} : { actual }),
    ...(output === undefined ? {} : { output }),
    ...(tries.length === 0 ? {} : { tries }),
  };
}

/** `file > group > name (2)`, as people read it. */
export function titleOf({ file, groups, name, occurrence }: ResultRecord): string {
  const title = [file, ...groups, name].filter((part) => part !== "").join(" > ");
  return occurrence === undefined ? title : `${title} (${occurrence})`;
}

/** What went wrong, in one line: the message, or what stands for one. */
export function causeOf({ status, message }: ResultRecord): string | undefined {
  if (message !== undefined) return /\S.*/.exec(message)?.[0];
  return status === "crashed" ? "it started, and never ended: its process died, or it was interrupted" : undefined;
}

function errorOf(detail: Detail | undefined): TestError | undefined {
  return detail === undefined || detail.type === "output" ? undefined : detail.error;
}

function outputOf(detail: Detail | undefined): readonly OutputPiece[] | undefined {
  return detail === undefined || detail.type === "output" ? undefined : detail.output;
}

function placeOf(detail: Detail | undefined): string | undefined {
  if (detail === undefined || detail.type === "output") return undefined;
  const { error } = detail;
  if (error?.file !== undefined && error.line !== undefined) return `${error.file}:${error.line}`;
  if (detail.type === "group.error" || detail.file === undefined) return undefined;
  return detail.line === undefined ? detail.file : `${detail.file}:${detail.line}`;
}
