import { ExitCode, WireError, writeDescriptor } from "@jn/wire";
import { commandNamed, COMMAND_NAMES, loadCommands } from "../commands/registry.ts";
import { useThreads } from "../kernels/record-kernels.ts";
import { JnError, STAGE_VARIABLE, type StageFailure, stageOf, usageError } from "../jn-error.ts";
import { type StageMark, markStage } from "../pipeline/stage-mark.ts";
import { didYouMean } from "../text/suggestion.ts";
import { FORMATS } from "../plugins/registry.ts";
import type { Command, Invocation } from "./command.ts";
import { invocationOf } from "./invocation.ts";
import { jobsOf } from "./jobs-flag.ts";
import { measuredRun } from "./measured-run.ts";
import { VERSION } from "./version.ts";

/**
 * Runs one command line, without the program's name, and returns its exit code. Prints its own errors, and tells the next
 * stage of the pipeline how it ended.
 *
 * This is the only place where errors become exit codes. A reader that left (EPIPE) is not an error: like a program that
 * SIGPIPE ends, we stop quietly, with the code that a shell shows for it.
 */
export async function main(args: readonly string[]): Promise<number> {
  const speaker = speakerOf(args[0]);
  const mark = markStage(speaker);
  try {
    const exitCode = await runCommandLine(args, speaker, mark);
    mark.remove();
    return exitCode;
  } catch (error) {
    const exitCode = exitCodeOf(error);
    if (exitCode === ExitCode.readerLeft) mark.remove();
    else {
      const stage = stageOf(error) ?? speaker;
      report(error, stage);
      mark.fail(failureOf(error, stage, exitCode));
    }
    return exitCode;
  }
}

/** How messages call us: as the pipeline does that we are a stage of, else by the command. */
function speakerOf(name = ""): string {
  const stage = process.env[STAGE_VARIABLE];
  // It is about this process, not about those that it may start.
  delete process.env[STAGE_VARIABLE];
  return stage ?? (COMMAND_NAMES.includes(name) ? `jn ${name}` : "jn");
}

async function runCommandLine(args: readonly string[], speaker: string, mark: StageMark): Promise<ExitCode> {
  const [name, ...rest] = args;
  const surplus = name === "help" ? rest[1] : rest[0];
  if (surplus !== undefined && (name === "help" || name === "--help" || name === "-h" || name === "--version"))
    throw usageError(`'${surplus}' is too much; usage: jn help [COMMAND]`);
  if (name === undefined || name === "--help" || name === "-h") return await printOverview();
  if (name === "help")
    return await runCommandLine(rest[0] === undefined ? ["--help"] : [rest[0], "--help"], speaker, mark);
  if (name === "--version") {
    const { backendLine } = await import("./backend.ts");
    const { recordBackendLine } = await import("../kernels/record-kernels.ts");
    const { linkedStagesLine } = await import("../pipeline/linked-stages.ts");
    return print(`jn ${VERSION}\n${backendLine()}\n${recordBackendLine()}\n${linkedStagesLine()}\n`);
  }
  const command = await commandNamed(name);
  if (command === undefined) {
    const isFlag = name.startsWith("-");
    const suggestion = didYouMean(name, isFlag ? ["--help", "--version"] : COMMAND_NAMES);
    throw usageError(`there is no ${isFlag ? "flag" : "command"} '${name}'${suggestion}; see jn --help`);
  }
  const warn = (message: string): void => complain(`${speaker}: warning: ${message}`);
  const invocation = invocationOf(command, rest, warn, COMMANDS);
  if (invocation.flags.has("help")) return await printHelp(command);
  useThreads(jobsOf(invocation.flags));
  return await measuredRun(invocation.flags, { speaker, mark, print: complain }, (meter) =>
    withBadRecords(command, { ...invocation, meter }),
  );
}

const COMMANDS = { names: COMMAND_NAMES, named: commandNamed, all: loadCommands };

/** Runs it with a place for bad records, if one is asked for. */
async function withBadRecords(command: Command, invocation: Invocation): Promise<ExitCode> {
  const onError = invocation.flags.text("on-error");
  if (onError === undefined) return await command.run(invocation);
  const { badRecordLog } = await import("../bad-records/bad-record-log.ts");
  const bad = badRecordLog(onError);
  try {
    return await command.run({ ...invocation, context: { ...invocation.context, bad } });
  } finally {
    bad?.close(invocation.warn);
  }
}

async function printOverview(): Promise<ExitCode> {
  const { overview } = await import("./help.ts");
  return print(overview(await loadCommands()));
}

async function printHelp(command: Command): Promise<ExitCode> {
  const { commandHelp } = await import("./help.ts");
  return print(commandHelp(command, await Promise.all(FORMATS.map((format) => format.load()))));
}

function print(text: string): ExitCode {
  const bytes = Buffer.from(text);
  writeDescriptor(1, "standard output", bytes, 0, bytes.length);
  return ExitCode.ok;
}

/** Prints an error, unless the stage that it comes from has done so. */
function report(error: unknown, speaker: string): void {
  if (error instanceof JnError || error instanceof WireError) {
    if (error.message !== "") complain(`${speaker}: ${error.message}`);
    return;
  }
  const stack = error instanceof Error ? error.stack : String(error);
  complain(`${speaker}: this is a defect in jn, please report it: ${stack}`);
}

/** What the stages downstream are told: the first failure of the pipeline, whoever passes it on. */
function failureOf(error: unknown, stage: string, exitCode: number): StageFailure {
  if (error instanceof JnError && error.upstream !== undefined) return error.upstream;
  return { stage, exitCode, message: error instanceof Error ? error.message : String(error) };
}

function exitCodeOf(error: unknown): number {
  if (error instanceof WireError) {
    if (error.code === "READER_LEFT") return ExitCode.readerLeft;
    return error.code === "IO" ? ExitCode.io : ExitCode.badData;
  }
  if (!(error instanceof JnError)) return ExitCode.general;
  return error.upstream?.exitCode ?? (error.code === "USAGE" ? ExitCode.usage : ExitCode.badData);
}

/** Writes to standard error without process.stderr, which would make a shared descriptor non-blocking. */
function complain(message: string, end = "\n"): void {
  const bytes = Buffer.from(message + end);
  try {
    writeDescriptor(2, "standard error", bytes, 0, bytes.length);
  } catch {
    // Nobody is listening; the exit code still tells.
  }
}
