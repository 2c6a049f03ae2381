import { constants } from "node:os";
import { CuprumError, defineCatalogue, type ExecutionEvent } from "cuprum";
import { ThreepioError } from "../threepio-error.ts";

/** How the command ended. */
export interface ChildEnd {
  /** The command's own code; 128 + n when signal n ended it. */
  readonly exitCode: number;
  readonly signal: NodeJS.Signals | undefined;
}

export interface ChildOptions {
  readonly cwd: string;
  /** Changes to our environment. */
  readonly env: Readonly<Record<string, string>>;
  /** The descriptor that its standard output and standard error are. */
  readonly output: number;
}

/** A command at work, in a process group of its own. */
export interface Child {
  readonly end: Promise<ChildEnd>;
  /** Signals the whole group. */
  signal(signal: NodeJS.Signals): void;
}

/**
 * Starts the command. Its output goes straight into a file: we never stand between the command and what it writes, so
 * nothing that happens to us can lose it. Should we be killed, its process group is ended, too.
 *
 * @throws ThreepioError `NOT_STARTED`, from `end`
 */
export function startChild(command: readonly string[], options: ChildOptions): Child {
  const { cwd, env, output } = options;
  const [program = "", ...args] = command;
  let pid: number | undefined;
  let waiting: NodeJS.Signals | undefined;
  const onEvent = (event: ExecutionEvent): void => {
    if (event.phase !== "start") return;
    ({ pid } = event);
    if (waiting !== undefined) process.kill(-pid, waiting);
  };
  const run = async (): Promise<ChildEnd> => {
    try {
      const { make } = defineCatalogue({ tests: { programs: [program] } });
      const result = await make(program)(...args).run({
        cwd,
        env,
        // Nothing is carried between processes: what does it natively need not be looked for.
        backend: "node",
        stdin: "inherit",
        stdout: { fd: output },
        stderr: "stdout",
        observers: [{ onEvent }],
      });
      if (result.pid === undefined) throw notStarted(program, result.error);
      const signal = result.signal ?? undefined;
      return { exitCode: result.exitCode ?? 128 + constants.signals[signal!], signal };
    } catch (error) {
      throw error instanceof CuprumError ? notStarted(program, error) : error;
    }
  };
  return {
    end: run(),
    signal(signal) {
      try {
        if (pid === undefined) waiting = signal;
        else process.kill(-pid, signal);
      } catch {
        // The group is gone.
      }
    },
  };
}

function notStarted(program: string, cause: unknown): ThreepioError {
  const isUnknown = cause instanceof CuprumError && cause.code === "PROGRAM_NOT_FOUND" && !program.includes("/");
  const reason = isUnknown
    ? "there is no such program on the PATH"
    : cause instanceof Error
      ? cause.message
      : String(cause);
  return new ThreepioError("NOT_STARTED", `cannot start ${program}: ${reason}`, { cause });
}
