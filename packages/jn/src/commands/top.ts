import { descriptorSink, ExitCode } from "@jn/wire";
import type { Command } from "../cli/command.ts";
import { bottleneckOf } from "../pipeline/flow.ts";
import { shownStage } from "../pipeline/progress.ts";
import { linkedTo, type PublishedStage, publishedStages } from "../pipeline/published-stages.ts";

export const top: Command = {
  name: "top",
  summary: "print the pipelines that run, stage by stage, and what each stage waits for",
  usage: "",
  positionals: [0, 0],
  details: [
    "Prints one record for each stage of each of your pipelines that runs: its pipeline (the number of its first process), what has gone\n" +
      "through it, the shares of its time in which it waited for input and output, and whether all others wait for it. A stage says\n" +
      "more than its name when it has worked for a second; what it says is at most a quarter of a second old, unless it waits.",
  ],
  flags: [],
  addresses: "none",
  examples: [
    {
      title: "nothing runs",
      command: "XDG_RUNTIME_DIR=$PWD jn top | jn filter '.stage != \"jn top\"'",
      output: "",
    },
  ],
  run() {
    const sink = descriptorSink(1, "standard output");
    for (const pipeline of pipelinesOf(publishedStages().filter(({ pid }) => pid !== process.pid))) {
      const bottleneck = bottleneckOf(pipeline);
      for (const stage of pipeline) {
        const record = { pipeline: pipeline[0]!.pid, pid: stage.pid, ...shownStage(stage), bottleneck };
        const line = Buffer.from(`${JSON.stringify(record)}\n`);
        sink.appendRecords(line, 0, line.length);
      }
    }
    sink.flush();
    return Promise.resolve(ExitCode.ok);
  },
};

/** Stages in the order of their pipelines; those that another process has started come before it. */
function pipelinesOf(stages: readonly PublishedStage[]): readonly (readonly PublishedStage[])[] {
  const isRead = (stage: PublishedStage): boolean =>
    stages.some(({ input, pid }) => (input !== undefined && input === stage.output) || pid === stage.parent);
  return stages
    .filter((stage) => !isRead(stage))
    .map((last) => {
      const started = stages.filter(({ parent }) => parent === last.pid);
      return [...started.toSorted((left, right) => left.pid - right.pid), ...linkedTo(last.input, stages), last];
    });
}
