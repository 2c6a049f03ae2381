/** What has gone through a process, and how long it waited. Published by every stage that works for more than a second. */
export interface Flow {
  /** Milliseconds at work. */
  readonly ms: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** Milliseconds in which it waited for input, and for its output to be taken. */
  readonly waitInMs: number;
  readonly waitOutMs: number;
  /** Bytes of the files that it reads, where all of its sources are files. */
  readonly totalBytes?: number | undefined;
  /** Records that went through, from the line ends in a sample of them. */
  readonly recordsAbout: number;
  /** Of a process that is several stages: how long each has worked. */
  readonly parts?: readonly { readonly stage: string; readonly workMs: number }[] | undefined;
}

/** A process of a pipeline, and its flow if it has been at work for long enough. */
export interface StageFlow {
  readonly stage: string;
  readonly flow: Flow | undefined;
}

/**
 * What the others wait for: the source, if the first stage waits for input; the destination, if the last one waits for its output; else the
 * stage that works all the time. The largest share of time counts. undefined: not all of them are known.
 *
 * @param stages in the order of the pipeline
 */
export function bottleneckOf(stages: readonly StageFlow[]): string | undefined {
  const candidates: (readonly [name: string, share: number])[] = [];
  for (const [index, { stage, flow }] of stages.entries()) {
    // One that has not said anything yet could be it.
    if (flow === undefined || flow.ms <= 0) return undefined;
    const { ms, waitInMs, waitOutMs, parts = [{ stage, workMs: ms - waitInMs - waitOutMs }] } = flow;
    if (index === 0) candidates.push(["the source", waitInMs / ms]);
    for (const part of parts) candidates.push([part.stage, part.workMs / ms]);
    if (index === stages.length - 1) candidates.push(["the destination", waitOutMs / ms]);
  }
  return candidates.toSorted(([, left], [, right]) => right - left)[0]?.[0];
}
