import { type Command, CuprumError, defineCatalogue, pipe, type ProgramDefinition, type StageResult } from "cuprum";
import { ExitCode, WireError } from "@jn/wire";
import { JnError, usageError } from "../jn-error.ts";

/** One process of a pipeline that we own. */
export interface ProcessStage {
  /** How messages call it: `stage 2, sort`. */
  readonly label: string;
  readonly program: ProgramDefinition;
  readonly args: readonly string[];
  /** Changes to the environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Whether it is a jn, which has said itself what went wrong, by an exit code that means the same here. */
  readonly isJn: boolean;
}

/** What the first process reads: what we do, or chunks in its place. */
export type ChainInput = "inherit" | AsyncIterable<Buffer>;

/**
 * Runs processes, connected by pipes of the kernel. Each catalogue has its one program and no other.
 *
 * @throws JnError `UPSTREAM` for one that failed, by its exit code if it is a jn; `USAGE` for a program that is not there
 */
export async function runChain(stages: readonly ProcessStage[], stdin: ChainInput): Promise<void> {
  await explaining(stages, async () => {
    requireSuccess(await commandOf(stages).run({ stdin, stdout: "inherit", stderr: "inherit" }), stages);
  });
}

/**
 * The output of the last one, at the pace of who takes it; whoever stops taking it stops all of them.
 *
 * @throws as `runChain`, after the last chunk: the end of the output alone says nothing
 */
export async function* chainOutput(
  stages: readonly ProcessStage[],
  stdin: ChainInput,
): AsyncGenerator<Buffer, void, undefined> {
  const chunks = await explaining(stages, () => commandOf(stages).bytes({ stdin, stderr: "inherit" }));
  try {
    for await (const chunk of chunks) yield Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  } catch (error) {
    if (error instanceof CuprumError && error.result !== undefined) requireSuccess(error.result, stages);
    throw explained(error, stages);
  }
}

function commandOf(stages: readonly ProcessStage[]): Command | ReturnType<typeof pipe> {
  const commands = stages.map(({ program, args, env }) => {
    const command = defineCatalogue({ jn: { programs: [program] } }).make(program.name)(...args);
    return env === undefined ? command : command.with({ env });
  });
  const [first, ...rest] = commands;
  return rest.length === 0 ? first! : pipe(...commands);
}

/** @throws JnError, WireError `READER_LEFT` when it is our own reader that has left */
function requireSuccess(result: Result, stages: readonly ProcessStage[]): void {
  const all: readonly StageResult[] = "stages" in result ? result.stages : [result];
  const index = "stages" in result ? (result.failure?.index ?? -1) : result.ok ? -1 : 0;
  const failed = all[index];
  if (failed === undefined) {
    if (all.at(-1)?.readerLeft === true) throw new WireError("READER_LEFT", "the reader of standard output left");
    return;
  }
  const { label, isJn } = stages[index]!;
  const { exitCode, signal } = failed;
  const how = signal === null ? `ended with ${exitCode}` : `was ended by ${signal}`;
  // A jn that ended by itself has said why.
  const message = isJn && signal === null ? "" : `${label}, ${how}`;
  const code = exitCode === null ? SIGNAL_EXIT : isJn ? exitCode : ExitCode.badData;
  const upstream = { stage: `jn run: ${label}`, exitCode: code, message: how };
  throw new JnError("UPSTREAM", message, { upstream });
}

async function explaining<Result>(
  stages: readonly ProcessStage[],
  work: () => Promise<Result> | Result,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw explained(error, stages);
  }
}

function explained(error: unknown, stages: readonly ProcessStage[]): unknown {
  if (!(error instanceof CuprumError)) return error;
  if (error.code === "PROGRAM_NOT_FOUND") return usageError(`${error.message}; it is declared, but not installed`);
  return new WireError("IO", `cannot run ${stages.map(({ label }) => label).join("; ")}: ${error.message}`, {
    cause: error,
  });
}

type Result = NonNullable<CuprumError["result"]>;

/** 128 + SIGKILL: what a shell shows for a process that was ended from outside. */
const SIGNAL_EXIT = 137;
