import type { Command, CommandTable, FusedStage, Invocation } from "../cli/command.ts";
import { invocationOf } from "../cli/invocation.ts";
import { openTarget } from "../address/records-out.ts";
import { attribute, usageError } from "../jn-error.ts";
import type { DeclaredProgram } from "./declared-programs.ts";

/** A stage of a pipeline: all of it that can be checked without running it has been. */
export interface PipelineStage {
  /** `stage 2, filter`. */
  readonly label: string;
  readonly words: readonly string[];
  /** What it is: undefined for a program that is no command of ours. */
  readonly command: { readonly command: Command; readonly invocation: Invocation } | undefined;
  readonly program: DeclaredProgram | undefined;
  /** How it can share a process with its neighbours; undefined: it cannot. */
  readonly fused: FusedStage | undefined;
  /** Where a fused last stage writes to. */
  readonly target: Target | undefined;
}

/** A destination; without a transcoder its writer waits, so that it shares no process, but can be ours. */
export type Target = NonNullable<Awaited<ReturnType<typeof openTarget>>> | "waiting";

/**
 * Finds out what the words of each stage mean. Nothing is read or started.
 *
 * @throws JnError `USAGE`, attributed to the stage that is wrong
 */
export async function pipelineStages(
  texts: readonly (readonly string[])[],
  { warn, commands }: Surroundings,
): Promise<readonly PipelineStage[]> {
  const stages: PipelineStage[] = [];
  for (const [index, words] of texts.entries()) {
    const label = `stage ${index + 1}, ${words[0]}`;
    try {
      const place = { isFirst: index === 0, isLast: index === texts.length - 1 };
      const labelled = (message: string): void => warn(`${label}: ${message}`);
      stages.push(await stageOf(words, label, place, { warn: labelled, commands }));
    } catch (error) {
      attribute(error, `jn run: ${label}`);
      throw error;
    }
  }
  return stages;
}

interface Surroundings {
  readonly warn: Invocation["warn"];
  readonly commands: CommandTable;
}

interface StagePlace {
  readonly isFirst: boolean;
  readonly isLast: boolean;
}

async function stageOf(
  words: readonly string[],
  label: string,
  place: StagePlace,
  { warn, commands }: Surroundings,
): Promise<PipelineStage> {
  const [name = "", ...args] = words;
  const command = await commands.named(name);
  if (command === undefined) {
    const { declaredProgram } = await import("./declared-programs.ts");
    const program = declaredProgram(name, commands.names);
    return { label, words, command: undefined, program, fused: undefined, target: undefined };
  }
  if (name === "run") throw usageError("a pipeline cannot be a stage of another one");
  const invocation = invocationOf(command, args, warn, commands);
  // What runs a program is no way around declaring it.
  if (command.namesProgram === true) {
    const { declaredProgram } = await import("./declared-programs.ts");
    declaredProgram(invocation.positionals[0]!, commands.names);
  }
  if (invocation.flags.has("jobs"))
    throw usageError(`--jobs is for all of the pipeline; say jn run --jobs ${invocation.flags.text("jobs")}`);
  const surplus = [...NOT_IN_PIPELINES].find((flag) => invocation.flags.has(flag));
  if (surplus !== undefined) throw usageError(`--${surplus} has no place in a pipeline; jn ${name} --${surplus} works`);
  const fused = await fusedStage(command, invocation, place);
  const context = { ...fused?.context, warn, maxRecordBytes: fused?.context.maxRecordBytes ?? 0, name: INPUT };
  const target = fused?.target === undefined ? undefined : ((await openTarget(fused.target, context)) ?? "waiting");
  return { label, words, command: { command, invocation }, program: undefined, fused, target };
}

/** @throws JnError `USAGE` for a stage that makes no sense where it stands */
async function fusedStage(
  command: Command,
  invocation: Invocation,
  { isFirst, isLast }: StagePlace,
): Promise<FusedStage | undefined> {
  const { fuse } = command;
  const isKnown = [...invocation.flags.names()].every((flag) => COMMON.has(flag) || fuse?.flags.includes(flag));
  const fused = isKnown ? await fuse?.stage(invocation, INPUT) : undefined;
  if (fused === undefined) return undefined;
  const reads = fused.addresses.filter(({ place }) => place.kind !== "standard");
  if (!isFirst && reads.length === fused.addresses.length)
    throw usageError(`it reads ${reads[0]!.text}, so nothing would read what the stage before gives`);
  if (!isLast && fused.target !== undefined && fused.target.place.kind !== "standard")
    throw usageError(`it writes to ${fused.target.text} and passes nothing on, so it must be the last stage`);
  // Amid the pipeline, an address beside standard input, and bytes that are no records, need a process of their own.
  const isPlain = isFirst || (fused.addresses.length === 1 && isPlainInput(fused));
  return isPlain && (isLast || fused.target === undefined) ? fused : undefined;
}

function isPlainInput({ addresses: [address] }: FusedStage): boolean {
  return address?.format === undefined && address?.query.length === 0;
}

/** How messages of a stage call what the stage before gives. */
const INPUT = "the input";
const COMMON: ReadonlySet<string> = new Set(["max-record-bytes", "progress", "quiet", "stats"]);
const NOT_IN_PIPELINES: ReadonlySet<string> = new Set(["help", "explain"]);
