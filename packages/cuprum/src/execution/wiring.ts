import type { Stream } from "../processes/process.ts";
import type { Descriptors } from "../wiring/descriptors.ts";
import { type KernelPipe, makePipes } from "../wiring/kernel-pipe.ts";
import type { Input } from "./input.ts";
import type { Output } from "./output.ts";
import type { ExecutionPlan } from "./plan.ts";
import type { RunOptions } from "./run-options.ts";

/** The descriptors of an execution. What is undefined needs none: a stage holds the file, the null device, or ours. */
export interface Wiring {
  /** What each stage is given. */
  readonly stdio: readonly (readonly [Stream, Stream, Stream])[];
  /** Our end of the first stage's input. */
  readonly inputFd: number | undefined;
  /** Our ends of each tapped hop. */
  readonly taps: readonly ({ readonly readFd: number; readonly writeFd: number } | undefined)[];
  /** Our end of the last stage's output. */
  readonly outputFd: number | undefined;
  /** Our end of each standard error. */
  readonly stderrFds: readonly (number | undefined)[];
}

/**
 * Makes the pipes of an execution, all at once.
 *
 * @throws CuprumError `PIPE_FAILED`
 */
export async function wire(
  plan: ExecutionPlan,
  options: RunOptions,
  ends: { readonly input: Input; readonly output: Output },
  descriptors: Descriptors,
): Promise<Wiring> {
  const { stages, hops, lines } = plan;
  const { stderr = "capture", echo } = options;
  const passesOutput = ends.output.stream === undefined || lines || echo?.stdout !== undefined;
  const passesStderr = stderr === "capture" || (stderr !== "stdout" && (lines || echo?.stderr !== undefined));
  const count =
    (ends.input.stream === undefined ? 1 : 0) +
    hops.reduce((sum, hop) => sum + (hop.wiring === "tapped" ? 2 : 1), 0) +
    (passesOutput ? 1 : 0) +
    (passesStderr ? stages.length : 0);
  const made = [...(await makePipes(count, plan.choice.native))];
  for (const { readFd, writeFd } of made) {
    descriptors.own(readFd);
    descriptors.own(writeFd);
  }
  const next = (): KernelPipe => {
    const pipe = made.pop();
    if (pipe === undefined) throw new RangeError("a pipe too few was made");
    return pipe;
  };

  const input = ends.input.stream === undefined ? next() : undefined;
  const inputs: Stream[] = [input?.readFd ?? ends.input.stream ?? "ignore"];
  const outputs: Stream[] = [];
  const taps = hops.map((hop) => {
    const pipe = next();
    outputs.push(pipe.writeFd);
    if (hop.wiring === "kernel") {
      inputs.push(pipe.readFd);
      return undefined;
    }
    const onward = next();
    inputs.push(onward.readFd);
    return { readFd: pipe.readFd, writeFd: onward.writeFd };
  });
  const last = passesOutput ? next() : undefined;
  outputs.push(last?.writeFd ?? ends.output.stream ?? "ignore");
  const errors = stages.map(() => (passesStderr ? next() : undefined));
  const stdio = stages.map(({ index }): readonly [Stream, Stream, Stream] => {
    const output = outputs[index] ?? "ignore";
    const own = stderr === "inherit" || stderr === "ignore" ? stderr : "ignore";
    return [
      inputs[index] ?? "ignore",
      output,
      errors[index]?.writeFd ?? (stderr === "stdout" ? sharedWith(output) : own),
    ];
  });
  return {
    stdio,
    inputFd: input?.writeFd,
    taps,
    outputFd: last?.readFd,
    stderrFds: errors.map((pipe) => pipe?.readFd),
  };
}

/** The stream that makes descriptor 2 the same as descriptor 1. */
function sharedWith(output: Stream): Stream {
  return output === "inherit" ? 1 : output;
}
