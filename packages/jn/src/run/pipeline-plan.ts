import { statSync } from "node:fs";
import { availableParallelism, loadavg } from "node:os";
import { recordKernels, threadsAsked } from "../kernels/record-kernels.ts";
import type { PipelineStage } from "./pipeline-stage.ts";

/** Stages that share a process. */
export interface Part {
  readonly stages: readonly PipelineStage[];
  /** Whether that is this process: the last part, where it can be. Then what it writes appears only if all others ended well. */
  readonly isHere: boolean;
}

/** How stages are laid on processes: as few as can be, one each, or whichever is faster. */
export type Layout = "one" | "each" | "auto";

export interface Plan {
  readonly parts: readonly Part[];
  /** Why the stages that could share a process do so, or do not. */
  readonly why: string;
}

/**
 * Lays stages on processes. Built-in ones that work record by record share one: that takes a tenth to a third less processor time than
 * processes connected by pipes, and where all of them have native kernels, threads share the work. Only when they have not, the files that are
 * read have `PARALLEL_BYTES` or more and a processor is idle, each has its own, and they run at the same time. All other stages have a process
 * of their own anyway. Where one thread is asked for, nothing is done at the same time that need not be.
 */
export async function planPipeline(stages: readonly PipelineStage[], layout: Layout): Promise<Plan> {
  const bytes = layout === "auto" ? await inputBytes(stages) : 0;
  const isLarge = bytes >= PARALLEL_BYTES;
  const isAlone = threadsAsked() === 1;
  const working = stages.slice(0, 1 + firstThatHoldsAll(stages));
  const isThreaded = isLarge && !isAlone && working.every(hasKernel) && recordKernels(bytes) !== undefined;
  const isApart = layout === "each" || (isLarge && !isThreaded && !isAlone && isProcessorIdle());
  const why =
    layout !== "auto"
      ? `--processes ${layout}`
      : isApart
        ? "the input is large, and to run at the same time is faster"
        : isThreaded
          ? "threads share the work of all of them"
          : isLarge && isAlone
            ? "one thread is to do the work, and to share a process takes less of it"
            : isLarge
              ? "no processor is idle, and to share a process takes less work"
              : "the input is small or of unknown size, and to share a process takes less work";
  const groups: PipelineStage[][] = [];
  for (const stage of stages) {
    const before = groups.at(-1);
    const shares = !isApart && before !== undefined && isShared(before.at(-1)!) && isShared(stage);
    if (shares) before.push(stage);
    else groups.push([stage]);
  }
  const parts = groups.map((group, index) => ({
    stages: group,
    isHere: index === groups.length - 1 && (groups.length === 1 ? group[0]!.command !== undefined : canBeHere(group)),
  }));
  return { parts, why };
}

/** Whether native kernels do what the stage does with records, and those of the target. */
function hasKernel({ fused, target }: PipelineStage): boolean {
  const links = [fused?.transcoder, target === "waiting" ? undefined : target?.transcoder];
  return (
    fused !== undefined &&
    target !== "waiting" &&
    links.every((link) => link === undefined || link.followers !== undefined)
  );
}

/** What comes after it gets little, and late. */
function firstThatHoldsAll(stages: readonly PipelineStage[]): number {
  const first = stages.findIndex(({ fused }) => fused?.transcoder?.holdsAll === true);
  return first < 0 ? stages.length - 1 : first;
}

function isShared({ fused, target }: PipelineStage): boolean {
  return fused !== undefined && target !== "waiting";
}

function canBeHere([first]: readonly PipelineStage[]): boolean {
  return first!.fused !== undefined;
}

/** The size of the files that the first stage reads; 0 for what has none. */
async function inputBytes([first]: readonly PipelineStage[]): Promise<number> {
  let bytes = 0;
  for (const { place } of first?.fused?.addresses ?? []) {
    if (place.kind === "file") bytes += sizeOf(place.path);
    else if (place.kind === "glob") {
      const { filesMatching } = await import("../address/glob.ts");
      for (const path of await filesMatching(place.pattern)) bytes += sizeOf(path);
    }
  }
  return bytes;
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

/** By the load of the last minute. */
function isProcessorIdle(): boolean {
  return availableParallelism() - loadavg()[0]! >= 1;
}

/**
 * Measured with CSV, a filter and a JSON writer: 64 MB take 1.7 s of processor time in one process and 2.4 s in three, which two processors
 * share; of 16 MB, with 0.65 s against 1.0 s, nothing worth a second processor is left.
 */
const PARALLEL_BYTES = 64 * 1024 * 1024;
