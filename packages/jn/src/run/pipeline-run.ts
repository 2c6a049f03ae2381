import {
  type ByteSink,
  chain,
  chunksWhenReady,
  descriptorSink,
  ExitCode,
  type Follower,
  monotonicMs,
  type Transcoder,
} from "@jn/wire";
import { inputFor, writeRecordsTo } from "../address/records-out.ts";
import { readRecordsFrom, type ReadContext } from "../address/records-in.ts";
import { STANDARD_INPUT } from "../address/standard-input.ts";
import { JOBS } from "../cli/jobs-flag.ts";
import { threadsAsked } from "../kernels/record-kernels.ts";
import { attribute, JnError, STAGE_VARIABLE } from "../jn-error.ts";
import type { StageMeter } from "../pipeline/stage-meter.ts";
import type { ProcessStage } from "../processes/process-chain.ts";
import type { Part } from "./pipeline-plan.ts";
import type { PipelineStage } from "./pipeline-stage.ts";
import { pipelineText } from "./pipeline-text.ts";

/**
 * Runs a pipeline to its end. A target appears only when every stage has ended well.
 *
 * @throws JnError, WireError of the earliest stage that failed by itself, attributed to it
 */
export async function runPipeline(parts: readonly Part[], meter: StageMeter | undefined): Promise<ExitCode> {
  const last = parts.at(-1)!;
  const before = last.isHere ? parts.slice(0, -1) : parts;
  if (before.length === 0) return await runHere(last, undefined, meter);
  const { chainOutput, runChain } = await import("../processes/process-chain.ts");
  const processes = before.map(processOf);
  // A process group of its own may not read from a terminal.
  const { isatty } = await import("node:tty");
  const stdin = isatty(0) ? chunksWhenReady(0, STANDARD_INPUT) : "inherit";
  if (!last.isHere) {
    await runChain(processes, stdin);
    return ExitCode.ok;
  }
  try {
    return await runHere(last, metered(chainOutput(processes, stdin), meter), meter);
  } catch (error) {
    throw withConsequence(error, last);
  }
}

/** @param input what the other parts give; undefined: there are none */
async function runHere(
  { stages }: Part,
  input: AsyncIterable<Buffer> | undefined,
  meter: StageMeter | undefined,
): Promise<ExitCode> {
  const [first] = stages;
  const last = stages.at(-1)!;
  if (first!.fused === undefined) {
    const { command, invocation } = first!.command!;
    return await attributing(first!, async () => await command.run({ ...invocation, meter }));
  }
  const { target } = last;
  const { addresses, context } = first!.fused;
  if (target === "waiting") {
    await attributing(last, async () => await writeRecordsTo(last.fused!.target!, context, input));
    return ExitCode.ok;
  }
  if (stages.length > 1) meter?.consistOf(stages.map(({ label }) => label));
  const timer = stages.length > 1 ? meter : undefined;
  const guards = stages.map(({ label }, index) => guardOf(label, index, timer));
  const [head, ...rest] = stages.flatMap(({ fused, target: own }, index) => {
    const links = [fused?.transcoder, own === "waiting" ? undefined : own?.transcoder];
    const credit = (ms: number): void => timer?.credit(index, ms);
    return links.flatMap((link) => (link === undefined ? [] : [guarded(link, guards[index]!, credit)]));
  });
  const work = async (sink: ByteSink, from?: () => AsyncIterable<Buffer>): Promise<void> => {
    sink.drainWithin(guards.at(-1)!);
    const whole: ReadContext = { ...context, ...(from !== undefined && { standardInput: from }) };
    await attributing(
      first!,
      async () => await readRecordsFrom(addresses, whole, sink, head === undefined ? undefined : chain(head, ...rest)),
    );
  };
  const given = input === undefined ? undefined : (): AsyncIterable<Buffer> => input;
  if (target === undefined) await work(descriptorSink(1, "standard output"), given);
  else {
    const { place, text } = last.fused!.target!;
    const waiting = place.kind === "file" ? (): AsyncIterable<Buffer> => inputFor(text) : undefined;
    await attributing(last, async () => await target.write(async (sink) => await work(sink, given ?? waiting)));
  }
  return ExitCode.ok;
}

/** The same chunks, the wait for which is a wait for input. */
async function* metered(
  input: AsyncIterable<Buffer>,
  meter: StageMeter | undefined,
): AsyncGenerator<Buffer, void, undefined> {
  let beganMs = monotonicMs();
  meter?.waits(beganMs);
  for await (const chunk of input) {
    meter?.read(chunk, chunk.length, beganMs);
    yield chunk;
    beganMs = monotonicMs();
    meter?.waits(beganMs);
  }
  meter?.read(EMPTY, 0, beganMs);
}

/** A part as a process: a program, a jn for one stage, or one that runs several. */
function processOf({ stages }: Part): ProcessStage {
  const [first] = stages;
  const { label, program, words } = first!;
  if (program !== undefined) return { label, program, args: words.slice(1), isJn: false };
  const own = process.argv[1]!;
  const args =
    stages.length === 1
      ? [...words.slice(0, 1), ...jobsFor(first!), ...words.slice(1)]
      : ["run", ...jobsFor(first!), "--processes", "one", pipelineText(stages.map(({ words }) => words))];
  return {
    label,
    program: { name: "jn", path: process.execPath },
    args: [...process.execArgv, own, ...args],
    env: { [STAGE_VARIABLE]: stages.length === 1 ? `jn run: ${label}` : "jn run" },
    isJn: true,
  };
}

/** The flag with which another process of ours uses as many threads as this one, if its command has it. */
function jobsFor({ command }: PipelineStage): readonly string[] {
  const jobs = threadsAsked();
  const hasFlag = command?.command.flags.some(({ name }) => name === JOBS.name) === true;
  return jobs === undefined || !hasFlag ? [] : [`--${JOBS.name}`, String(jobs)];
}

/** What a failure of another process means for the target, for the message. */
function withConsequence(error: unknown, { stages }: Part): unknown {
  const { fused } = stages.at(-1)!;
  if (!(error instanceof JnError) || error.upstream === undefined || fused?.target?.place.kind !== "file") return error;
  const consequence = `${fused.target.text} is left as it was`;
  const message = error.message === "" ? consequence : `${error.message}, so ${consequence}`;
  return new JnError("UPSTREAM", message, { cause: error, upstream: error.upstream });
}

/** Does the work of a stage. */
type Guard = (work: () => void) => void;

/** Errors that come out of the work unattributed are the stage's, and so is the time that nobody further on takes. */
function guardOf(label: string, index: number, meter: StageMeter | undefined): Guard {
  return (work) => {
    const before = meter?.turn(index);
    try {
      work();
    } catch (error) {
      attribute(error, `jn run: ${label}`);
      throw error;
    } finally {
      if (before !== undefined) meter?.turn(before);
    }
  };
}

/** @param credit takes the milliseconds that were the stage's while another one carried */
function guarded(transcoder: Transcoder, guard: Guard, credit: (ms: number) => void): Transcoder {
  const guardedFollower = (follower: Follower): Follower => ({
    ...follower,
    followed(done) {
      credit(done.workMs);
      guard(() => follower.followed(done));
    },
  });
  return {
    holdsAll: transcoder.holdsAll === true,
    carry:
      transcoder.carry &&
      ((fd, out, tail) => {
        let goesOn = false;
        guard(() => (goesOn = transcoder.carry!(fd, out, tail)));
        return goesOn;
      }),
    followers: transcoder.followers && (() => transcoder.followers!()?.map(guardedFollower)),
    push: (chunk, out) => guard(() => transcoder.push(chunk, out)),
    end: (out) => guard(() => transcoder.end(out)),
    get finished() {
      return transcoder.finished === true;
    },
  };
}

async function attributing<Result>({ label }: PipelineStage, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof JnError && error.upstream !== undefined)) attribute(error, `jn run: ${label}`);
    throw error;
  }
}

const EMPTY = Buffer.alloc(0);
