import { setMaxListeners } from "node:events";
import type { Command } from "../commands/command.ts";
import type { Pipeline } from "../commands/pipeline.ts";
import { CuprumError } from "../cuprum-error.ts";
import type { CommandResult, PipelineResult, Status } from "../execution/result.ts";
import type { Captured, RunOptions } from "../execution/run-options.ts";

export interface ConcurrentOptions extends Omit<RunOptions, "check" | "stdin"> {
  /** How many run at the same time. Default: all. */
  readonly limit?: number | undefined;
  /** Whether the first that fails cancels the others. Default false. */
  readonly failFast?: boolean | undefined;
}

/** What became of one of them. */
export interface ConcurrentEntry<Output = string> {
  /** Undefined when it was never started, or could not be run at all. */
  readonly result: CommandResult<Output> | PipelineResult<Output> | undefined;
  /** How it ended; one that was never started because of a failure elsewhere is `cancelled`. */
  readonly status: Status;
  /** What was thrown, when it could not be run at all. */
  readonly error?: unknown;
}

export interface ConcurrentResult<Output = string> {
  readonly ok: boolean;
  /** One each, in the order in which they were given. */
  readonly entries: readonly ConcurrentEntry<Output>[];
  /** The places of those that failed by themselves, in the order in which they were given. */
  readonly failures: readonly number[];
}

/**
 * Runs commands and pipelines side by side. Never throws for how one of them ended, nor because the system would not start
 * one: every one has its entry.
 *
 * @throws CuprumError `INVALID_OPTION` for a limit below 1, and, before anything is started, whatever any of them can be
 * refused for: `FORBIDDEN_PROGRAM`, `PROGRAM_NOT_FOUND`, ...
 */
export async function runConcurrent<const Options extends ConcurrentOptions = ConcurrentOptions>(
  work: readonly (Command | Pipeline)[],
  options?: Options,
): Promise<ConcurrentResult<Captured<Options>>> {
  const { limit = Infinity, failFast = false, signal, ...others }: ConcurrentOptions = options ?? {};
  if (!(Number.isInteger(limit) || limit === Infinity) || limit < 1) {
    throw new CuprumError("INVALID_OPTION", `limit is ${limit}; it is a whole number from 1`);
  }
  for (const one of work) one.plan(others);
  const failing = new AbortController();
  const cancelled = signal === undefined ? failing.signal : AbortSignal.any([signal, failing.signal]);
  // Every command listens to it: many are no leak.
  setMaxListeners(0, cancelled);
  const entries: ConcurrentEntry<Captured<Options>>[] = work.map(() => ({ result: undefined, status: "cancelled" }));
  const queue = work.entries();
  const worker = async (): Promise<void> => {
    for (const [index, one] of queue) {
      if (cancelled.aborted) return;
      const entry = (await runOne(one, { ...others, signal: cancelled })) as ConcurrentEntry<Captured<Options>>;
      entries[index] = entry;
      if (failFast && isFailure(entry)) failing.abort();
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, work.length) }, worker));
  const failures = [...entries.keys()].filter((index) => isFailure(entries[index]));
  return { ok: entries.every(({ status }) => status === "ok"), entries, failures };
}

async function runOne(work: Command | Pipeline, options: RunOptions): Promise<ConcurrentEntry<unknown>> {
  try {
    const result = await work.run(options);
    return { result, status: result.status };
  } catch (error) {
    const result = error instanceof CuprumError ? error.result : undefined;
    return { result, status: "failed", error };
  }
}

function isFailure(entry: ConcurrentEntry<unknown> | undefined): boolean {
  return entry !== undefined && entry.status !== "ok" && entry.status !== "cancelled";
}
