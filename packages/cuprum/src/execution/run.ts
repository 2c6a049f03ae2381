import type { PipelineSpec } from "../commands/command-spec.ts";
import { CuprumError } from "../cuprum-error.ts";
import { Handoff } from "../streams/handoff.ts";
import { Execution } from "./execution.ts";
import type { OutputReader } from "./output.ts";
import { type ExecutionPlan, planExecution } from "./plan.ts";
import type { PipelineResult, Status } from "./result.ts";
import type { RunOptions, StreamOptions } from "./run-options.ts";

type AnyResult = PipelineResult<string | Uint8Array | null>;

/** Runs a pipeline to its end. */
export async function runPipeline(pipeline: PipelineSpec, options: RunOptions): Promise<AnyResult> {
  const plan = planExecution(pipeline, options);
  const result = await new Execution(plan, options).run();
  if (options.check === true) check(result, plan);
  return result;
}

/** The lines of a pipeline's output, at the pace of who takes them. Leaving the loop stops every stage. */
export function readLines(pipeline: PipelineSpec, options: StreamOptions): AsyncGenerator<string, void> {
  return flattened(read<readonly string[]>(pipeline, options, (onLines) => ({ onLines })));
}

/** The same for chunks of bytes. */
export function readChunks(pipeline: PipelineSpec, options: StreamOptions): AsyncGenerator<Uint8Array, void> {
  return read<Uint8Array>(pipeline, options, (offer) => ({
    // Its buffer is used again.
    onChunk: (chunk) => offer(Uint8Array.prototype.slice.call(chunk)),
  }));
}

async function* flattened(batches: AsyncIterable<readonly string[]>): AsyncGenerator<string, void> {
  for await (const batch of batches) for (const line of batch) yield line;
}

/** Planned now, in the scope of the caller, and not in that of whoever takes the first item. */
function read<Item>(
  pipeline: PipelineSpec,
  options: StreamOptions,
  readerFor: (offer: (item: Item) => Promise<void>) => OutputReader,
): AsyncGenerator<Item, void> {
  return reading(planExecution(pipeline, options), options, readerFor);
}

async function* reading<Item>(
  plan: ExecutionPlan,
  options: StreamOptions,
  readerFor: (offer: (item: Item) => Promise<void>) => OutputReader,
): AsyncGenerator<Item, void> {
  const items = new Handoff<Item>(() => execution.leave());
  const execution = new Execution(plan, options, readerFor(items.offer));
  const running = runTo(execution, items);
  try {
    yield* items;
  } finally {
    // Also when the loop was left: everything has ended then.
    await running.catch(() => {});
  }
  const result = await running;
  if (options.check !== false) check(result, plan);
}

/** Runs it; its end, whatever it is, is the end of the items. */
async function runTo<Item>(execution: Execution, items: Handoff<Item>): Promise<AnyResult> {
  try {
    return await execution.run();
  } finally {
    items.end();
  }
}

const CODES = {
  failed: "EXIT",
  signalled: "SIGNAL",
  timedOut: "TIMEOUT",
  cancelled: "CANCELLED",
} as const satisfies Record<Exclude<Status, "ok">, string>;

/** The longest end of a standard error that an error's message repeats. */
const MAX_SAID = 2000;

/** @throws CuprumError saying how it ended, unless it ended well and everything of it is in the result */
function check(result: AnyResult, { shown, timeoutMs, redact }: ExecutionPlan): void {
  if (result.status === "ok") {
    if (!result.stdoutTruncated) return;
    const message = `${shown} printed more than was to be captured; raise maxCaptureBytes, or take its lines as they come`;
    throw new CuprumError("OUTPUT_TRUNCATED", message, { result });
  }
  const { failure, stages } = result;
  const stage = failure ?? result;
  const who =
    stages.length > 1 && failure !== undefined ? `${failure.program}, stage ${failure.index + 1} of ${shown},` : shown;
  const how = {
    failed: `ended with exit code ${stage.exitCode}`,
    signalled: `was ended by ${stage.signal}`,
    timedOut: `took longer than ${timeoutMs} ms`,
    cancelled: "was cancelled",
  }[result.status];
  const said = redact(stage.stderr).trim().split("\n").slice(-5).join("\n").slice(-MAX_SAID);
  throw new CuprumError(CODES[result.status], `${who} ${how}${said === "" ? "" : `:\n${said}`}`, { result });
}
