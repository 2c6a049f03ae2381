import { fstatSync } from "node:fs";
import type { ExitCode } from "@jn/wire";
import type { StageMark } from "../pipeline/stage-mark.ts";
import { StageMeter } from "../pipeline/stage-meter.ts";
import type { Flags } from "./arguments.ts";

/** Who is measured, and where what is measured is told. */
export interface MeasuredStage {
  /** How messages call it. */
  readonly speaker: string;
  readonly mark: StageMark;
  /** Prints a line to standard error; with an `end`, that in place of the newline. */
  readonly print: (text: string, end?: string) => void;
}

/** Does the work with a meter, and shows what that says, unless nobody wants to know. */
export async function measuredRun(
  flags: Flags,
  { speaker, mark, print }: MeasuredStage,
  work: (meter?: StageMeter) => Promise<ExitCode>,
): Promise<ExitCode> {
  if (flags.has("quiet")) return await work();
  const meter = new StageMeter();
  meter.start((flow) => mark.publish(flow));
  const [showsAlways, printsStats] = [flags.has("progress"), flags.has("stats")];
  if (!showsAlways && !printsStats && !mayBeTerminal(2)) return await stopping(meter, work);
  const { watchPipeline } = await import("../pipeline/progress.ts");
  // The stages of a pipeline that somebody owns leave it to him to show them.
  const shows = speaker.startsWith("jn run: ") ? "never" : showsAlways ? "always" : "terminal";
  const watch = watchPipeline(speaker, shows, (text) => print(text, ""));
  meter.start(watch.onFlow);
  try {
    return await work(meter);
  } finally {
    meter.stop();
    watch.clear();
    if (printsStats) print(JSON.stringify(watch.stats(meter.flow())));
  }
}

async function stopping(meter: StageMeter, work: (meter: StageMeter) => Promise<ExitCode>): Promise<ExitCode> {
  try {
    return await work(meter);
  } finally {
    meter.stop();
  }
}

/**
 * Whether it may be a terminal: to be sure takes a part of Node that is not loaded otherwise, and that costs as much as reading a small
 * file. On Linux the devices of major number 1, `/dev/null` above all, are known to be none.
 */
function mayBeTerminal(fd: number): boolean {
  try {
    const stat = fstatSync(fd);
    return stat.isCharacterDevice() && !(process.platform === "linux" && ((stat.rdev >> 8) & 0xfff) === MEMORY_DEVICES);
  } catch {
    return false;
  }
}

/** Their major number: `Documentation/admin-guide/devices.txt` of Linux. */
const MEMORY_DEVICES = 1;
