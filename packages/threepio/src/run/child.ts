import { spawn } from "node:child_process";
import { constants } from "node:os";
import { ThreepioError } from "../threepio-error.ts";

/** How the command ended. */
export interface ChildEnd {
  /** The command's own code; 128 + n when signal n ended it. */
  readonly exitCode: number;
  readonly signal: NodeJS.Signals | undefined;
}

export interface ChildOptions {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Descriptors that its standard output and standard error are. */
  readonly stdout: number;
  readonly stderr: number;
}

/** A command at work, in a process group of its own. */
export interface Child {
  readonly end: Promise<ChildEnd>;
  /** Signals the whole group, also when its leader has ended. */
  signal(signal: NodeJS.Signals): void;
}

/**
 * Starts the command. Its output goes straight into files: we never stand between the command and what it writes, so nothing
 * that happens to us can stop it or lose it.
 *
 * @throws ThreepioError `NOT_STARTED`, from `end`
 */
export function startChild(command: readonly string[], options: ChildOptions): Child {
  const { cwd, env, stdout, stderr } = options;
  const [program = "", ...args] = command;
  const child = spawn(program, args, { cwd, env, detached: true, stdio: ["inherit", stdout, stderr] });
  const end = new Promise<ChildEnd>((resolve, reject) => {
    child.once("error", (error) => {
      const reason = "code" in error && error.code === "ENOENT" ? "there is no such program" : error.message;
      reject(new ThreepioError("NOT_STARTED", `cannot start ${program}: ${reason}`, { cause: error }));
    });
    child.once("close", (code, signal) => {
      resolve({ exitCode: code ?? 128 + constants.signals[signal!], signal: signal ?? undefined });
    });
  });
  return {
    end,
    signal(signal) {
      if (child.pid === undefined) return;
      try {
        process.kill(-child.pid, signal);
      } catch {
        // The group is gone.
      }
    },
  };
}
