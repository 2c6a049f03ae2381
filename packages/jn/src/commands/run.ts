import { descriptorSink, ExitCode } from "@jn/wire";
import type { Command, Invocation } from "../cli/command.ts";
import { JOBS } from "../cli/jobs-flag.ts";
import { usageError } from "../jn-error.ts";
import { pipelineNamed, pipelineNames, readPipelineFile, stagesOf } from "../run/pipeline-file.ts";
import { type Layout, type Plan, planPipeline } from "../run/pipeline-plan.ts";
import { runPipeline } from "../run/pipeline-run.ts";
import { type PipelineStage, pipelineStages } from "../run/pipeline-stage.ts";
import { parsePipeline } from "../run/pipeline-text.ts";
import { didYouMean } from "../text/suggestion.ts";

const DATA = "x,name\n5,a\n12,b\n30,c\n";
const LARGEST =
  "# The largest ones.\nparam least = 10\n\ncat data.csv\n| filter --argjson least ${least} '.x >= $least'\n";

export const run: Command = {
  name: "run",
  summary: "run a whole pipeline as one command",
  usage: "PIPELINE | NAME [PARAM=VALUE...] | IN OUT",
  positionals: [0, Number.MAX_SAFE_INTEGER],
  details: [
    "PIPELINE is stages separated by |, each a command of jn without the jn, or a declared program. Words are separated by\n" +
      "blanks; quotes and backslashes are those of a shell, but there is no shell: nothing else means anything. A target appears\n" +
      "only when every stage ended well, and the exit code is that of the earliest stage that failed by itself.",
    "NAME is a file NAME.jn in .jn/pipelines, here or in a folder above, or in ~/.local/share/jn/pipelines; -f names a file.\n" +
      "It has comments (#), parameters (param NAME, or param NAME = DEFAULT), and stages, which use them as ${NAME}. What is no\n" +
      "parameter is a variable of the environment; ${NAME:-default} gives it a default. IN OUT is short for: cat IN | put OUT.",
    "Stages that work record by record share one process. When the files that are read have 64 MiB or more, threads share the work\n" +
      "if the native module can do all of it; if not, and a processor is idle, each stage has its own process. Programs are declared\n" +
      "in programs.json in .jn (to be trusted first: --trust) or in ~/.local/share/jn.",
  ],
  flags: [
    { name: "file", short: "f", values: ["FILE"], help: "read the pipeline from a file" },
    { name: "processes", values: ["one|each"], help: "share as few processes as can be, or one for each stage" },
    JOBS,
    { name: "explain", help: "print which stage runs where, one JSON object a stage, and run nothing" },
    { name: "list", help: "print the pipelines that have a name" },
    { name: "trust", help: "let pipelines run the programs that this project declares, as its programs.json is now" },
  ],
  addresses: "none",
  examples: [
    {
      title: "a pipeline",
      files: { "data.csv": DATA },
      command: `jn run 'cat data.csv | filter ".x > 10" | put out.json' && cat out.json`,
      output: '[\n{"x":12,"name":"b"},\n{"x":30,"name":"c"}\n]\n',
    },
    {
      title: "convert a file",
      files: { "data.csv": DATA },
      command: "jn run data.csv data.ndjson && cat data.ndjson",
      output: '{"x":5,"name":"a"}\n{"x":12,"name":"b"}\n{"x":30,"name":"c"}\n',
    },
    {
      title: "a pipeline with a name and a parameter",
      files: { "data.csv": DATA, "largest.jn": LARGEST },
      command: "mkdir -p .jn/pipelines && mv largest.jn .jn/pipelines && jn run largest least=20",
      output: '{"x":30,"name":"c"}\n',
    },
  ],
  async run(invocation) {
    const { flags } = invocation;
    if (flags.has("trust")) {
      const { trustPrograms } = await import("../run/declared-programs.ts");
      print([{ trusted: trustPrograms() }]);
      return ExitCode.ok;
    }
    if (flags.has("list")) {
      print([...pipelineNames()].map(([name, path]) => listed(name, path)));
      return ExitCode.ok;
    }
    const stages = await pipelineStages(await textsOf(invocation), invocation);
    const plan = await planPipeline(stages, layoutOf(flags.text("processes")));
    if (!flags.has("explain")) return await runPipeline(plan.parts, invocation.meter);
    print(explained(plan));
    return ExitCode.ok;
  },
};

/** The words of each stage, whichever way the pipeline is given. */
async function textsOf({ flags, positionals, commands }: Invocation): Promise<readonly (readonly string[])[]> {
  const [first, ...rest] = positionals;
  const file = flags.text("file");
  if (file !== undefined) return texts(stagesOf(readPipelineFile(file), positionals));
  if (first === undefined) throw usageError(`the pipeline is missing; usage: jn run ${run.usage}`);
  const isCommand = (await commands.named(first)) !== undefined;
  const named = isCommand ? undefined : pipelineNamed(first);
  if (named !== undefined) return texts(stagesOf(readPipelineFile(named), rest));
  if (rest.length > 1) throw usageError(`'${rest[1]}' is too much; usage: jn run ${run.usage}`);
  if (rest[0] !== undefined) {
    if (!/^\w+=/.test(rest[0]))
      return [
        ["cat", first],
        ["put", rest[0]],
      ];
    throw usageError(`there is no pipeline '${first}'${didYouMean(first, [...pipelineNames().keys()])}`);
  }
  if (!isCommand && /^[\w-]+(?:\/[\w-]+)*$/.test(first)) {
    const suggestion = didYouMean(first, [...pipelineNames().keys(), ...commands.names]);
    throw usageError(`'${first}' is no pipeline and no command${suggestion}; jn run --list shows the pipelines`);
  }
  return texts(parsePipeline({ text: first, name: "the pipeline" }, (name) => process.env[name]));
}

function texts(stages: readonly (readonly { readonly text: string }[])[]): readonly (readonly string[])[] {
  return stages.map((words) => words.map(({ text }) => text));
}

function layoutOf(text: string | undefined): Layout {
  if (text === undefined || text === "one" || text === "each") return text ?? "auto";
  throw usageError(`--processes is one or each, not '${text}'`);
}

function explained({ parts, why }: Plan): readonly object[] {
  return parts.flatMap(({ stages, isHere }, index) =>
    stages.map(({ label, words, program, fused }: PipelineStage) => ({
      stage: label,
      words,
      runs: isHere ? "in this process" : `in process ${index + 1}`,
      is: program === undefined ? "built in" : (program.path ?? `the program ${program.name} on the path`),
      why: program !== undefined ? "it is a program" : fused === undefined ? "it needs a process of its own" : why,
    })),
  );
}

function listed(name: string, path: string): object {
  const { description, parameters } = readPipelineFile(path);
  const shown = parameters.map(({ name, fallback }) => [name, fallback ?? null] as const);
  return { name, file: path, ...(description !== undefined && { description }), parameters: Object.fromEntries(shown) };
}

function print(values: readonly object[]): void {
  const sink = descriptorSink(1, "standard output");
  for (const value of values) {
    const line = Buffer.from(`${JSON.stringify(value)}\n`);
    sink.appendRecords(line, 0, line.length);
  }
  sink.flush();
}
