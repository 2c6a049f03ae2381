import type { Flow, StageFlow } from "./flow.ts";
import { attempt, isAlive, markFolder, marksIn, pipeOf, textOf } from "./mark-folder.ts";

/** A process of the user's that is a stage, as its mark says. */
export interface PublishedStage extends StageFlow {
  readonly pid: number;
  /** The process that started it. */
  readonly parent: number | undefined;
  /** The inodes of the pipes it reads and writes. */
  readonly input: number | undefined;
  readonly output: number | undefined;
}

/** All stages that are at work: those that write to a pipe, and those that have worked for more than a second. */
export function publishedStages(): readonly PublishedStage[] {
  const folder = markFolder(false);
  if (folder === undefined) return [];
  return marksIn(folder).flatMap((mark): PublishedStage[] => {
    if (!isAlive(mark)) return [];
    const found = attempt(() => JSON.parse(textOf(mark) ?? "") as Published);
    // Others are only starting.
    if (typeof found?.stage !== "string") return [];
    const { stage, flow, parent, input } = found;
    return [{ stage, flow, parent, input, pid: mark.pid, output: mark.inode === 0 ? undefined : mark.inode }];
  });
}

/** The stages upstream of this process, the first one first: those linked by pipes, or started by it. */
export function upstreamStages(stages: readonly PublishedStage[]): readonly PublishedStage[] {
  const own = stages.filter(({ parent }) => parent === process.pid);
  if (own.length > 0) return own.toSorted((left, right) => numberOf(left) - numberOf(right));
  return linkedTo(pipeOf(0)?.inode, stages);
}

/** The chain of stages that ends in the pipe with this inode. */
export function linkedTo(inode: number | undefined, stages: readonly PublishedStage[]): readonly PublishedStage[] {
  const chain: PublishedStage[] = [];
  for (let input = inode; input !== undefined;) {
    const wanted = input;
    const next = stages.find((stage) => stage.output === wanted && !chain.includes(stage));
    if (next === undefined) break;
    chain.unshift(next);
    input = next.input;
  }
  return chain;
}

/** Whether a stage reads what this process writes. */
export function hasReader(stages: readonly PublishedStage[]): boolean {
  const output = pipeOf(1)?.inode;
  return output !== undefined && stages.some(({ input }) => input === output);
}

/** The number in `jn run: stage 2, filter`. */
function numberOf({ stage }: PublishedStage): number {
  return Number(/stage (\d+)/.exec(stage)?.[1] ?? 0);
}

interface Published {
  readonly stage?: unknown;
  readonly flow?: Flow;
  readonly parent?: number;
  readonly input?: number;
}
