import { isatty } from "node:tty";
import { bottleneckOf, type Flow, type StageFlow } from "./flow.ts";
import { hasReader, type PublishedStage, publishedStages, upstreamStages } from "./published-stages.ts";

/** Watches the pipeline that this process is a stage of. */
export interface PipelineWatch {
  /** To be told of the flow of this process now and then. */
  readonly onFlow: (flow: Flow) => void;
  /** Takes the line off the terminal. */
  readonly clear: () => void;
  /** What is known of all its stages at the end, for `--stats`. */
  readonly stats: (flow: Flow) => object;
}

/**
 * Shows the progress of a pipeline on standard error, from its last stage, which all others are upstream of.
 *
 * @param shows `always`, on lines of their own if it is no terminal; `terminal`: only there; `never`
 * @param print writes to standard error
 */
export function watchPipeline(
  stage: string,
  shows: "always" | "terminal" | "never",
  print: (text: string) => void,
): PipelineWatch {
  const isTerminal = isatty(2);
  let upstream: readonly PublishedStage[] = [];
  let isShown = false;
  let shownAtMs = 0;
  const clear = (): void => {
    if (isShown && isTerminal) print("\r\u001b[K");
    isShown = false;
  };
  return {
    onFlow(flow) {
      const published = publishedStages();
      const current = upstreamStages(published);
      // Those that are gone have ended, the first ones first: what they said last stays.
      const ended = upstream.filter(({ pid }) => current.every((stage) => stage.pid !== pid));
      upstream = [...ended, ...current];
      if (shows === "never" || (shows === "terminal" && !isTerminal)) return;
      if (hasReader(published)) {
        clear();
        return;
      }
      if (!isTerminal && flow.ms - shownAtMs < LINES_EVERY_MS) return;
      shownAtMs = flow.ms;
      isShown = true;
      const line = progressLine([...upstream, { stage, flow }]);
      print(isTerminal ? `\r\u001b[K${line}` : `${line}\n`);
    },
    clear,
    stats(flow) {
      const stages = [...upstream, { stage, flow }];
      return { bottleneck: bottleneckOf(stages), stages: stages.map(shownStage) };
    },
  };
}

/** `42 %  1.2 GB  310 MB/s  about 1900000 records/s  0:31 left  slowest: jn filter  (jn cat r5 w80 | jn filter r2 w1)`. */
function progressLine(stages: readonly StageFlow[]): string {
  const source = stages.find(({ flow }) => flow !== undefined)?.flow;
  if (source === undefined) return "";
  const { ms, bytesIn, bytesOut, totalBytes, recordsAbout } = source;
  const bytes = Math.max(bytesIn, bytesOut);
  const known =
    totalBytes === undefined || totalBytes === 0
      ? []
      : [`${Math.floor(Math.min(1, bytesIn / totalBytes) * 100)} %`, `${leftOf(ms, bytesIn, totalBytes)} left`];
  const shares = stages.map(({ stage, flow }) =>
    flow === undefined ? stage : `${stage} r${percent(flow.waitInMs, flow.ms)} w${percent(flow.waitOutMs, flow.ms)}`,
  );
  return [
    ...known,
    size(bytes),
    `${size((bytes / ms) * 1000)}/s`,
    `about ${Math.round((recordsAbout / ms) * 1000)} records/s`,
    `slowest: ${bottleneckOf(stages) ?? "not known"}`,
    `(${shares.join(" | ")})`,
  ].join("  ");
}

/** A stage as a record: shares of its time from 0 to 1. */
export function shownStage({ stage, flow }: StageFlow): object {
  if (flow === undefined) return { stage };
  const { ms, bytesIn, bytesOut, waitInMs, waitOutMs, recordsAbout, totalBytes, parts } = flow;
  return {
    stage,
    seconds: rounded(ms / 1000),
    bytesIn,
    bytesOut,
    recordsAbout,
    ...(totalBytes !== undefined && { totalBytes }),
    waitsForInput: rounded(waitInMs / ms),
    waitsForOutput: rounded(waitOutMs / ms),
    ...(parts !== undefined && {
      parts: parts.map((part) => ({ stage: part.stage, works: rounded(part.workMs / ms) })),
    }),
  };
}

function leftOf(ms: number, bytes: number, totalBytes: number): string {
  const seconds = Math.max(0, Math.round((ms / Math.max(1, bytes)) * (totalBytes - bytes) * 0.001));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

function percent(part: number, whole: number): number {
  return Math.round((part / whole) * 100);
}

function size(bytes: number): string {
  const power = Math.min(4, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
  return `${(bytes / 1000 ** power).toFixed(power === 0 ? 0 : 1)} ${["B", "kB", "MB", "GB", "TB"][power]}`;
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}

/** A log, or whoever reads it, does not want four lines a second. */
const LINES_EVERY_MS = 1000;
