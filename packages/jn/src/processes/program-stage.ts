import { spawn } from "node:child_process";
import { systemCode, WireError } from "@jn/wire";
import { JnError } from "../jn-error.ts";
import type { ByteStage } from "../plugins/plugin.ts";
import { feed } from "../streams/feed.ts";

export interface ProgramOptions {
  /** A name to be looked up on the path, or a path. No shell sees it. */
  readonly program: string;
  readonly args: readonly string[];
  /** How messages call the stage. */
  readonly name: string;
  /** What to say when there is no such program. */
  readonly missing: string;
  readonly env?: NodeJS.ProcessEnv | undefined;
}

/**
 * Bytes through another program: in at its standard input, out at its standard output. Whoever stops reading ends it. This is the
 * only place that starts processes.
 *
 * @throws JnError `BAD_DATA` with the last line of its standard error when it fails, `USAGE` when there is no such program
 */
export function programStage({ program, args, name, missing, env }: ProgramOptions): ByteStage {
  return async function* stage(input) {
    const child = spawn(program, args, { stdio: ["pipe", "pipe", "pipe"], env: env ?? process.env });
    const ended = new Promise<{ readonly code: number | null; readonly signal: string | null; readonly error?: Error }>(
      (resolve) => {
        child.once("error", (error) => resolve({ code: null, signal: null, error }));
        child.once("close", (code, signal) => resolve({ code, signal }));
      },
    );
    let tail: Buffer = Buffer.alloc(0);
    child.stderr.on("data", (chunk: Buffer) => {
      tail = Buffer.concat([tail, chunk]).subarray(-STDERR_BYTES);
    });
    const failure: { input?: unknown } = {};
    const watched = failing(input, (error) => {
      failure.input = error;
      // What it would make of half of the input must not look like all.
      child.kill("SIGKILL");
    });
    // A program may stop reading early; how it ends says whether that was right.
    child.stdin.on("error", () => undefined);
    const feeding = feed(watched, child.stdin);
    let isComplete = false;
    try {
      for await (const chunk of child.stdout) yield chunk as Buffer;
      isComplete = true;
    } finally {
      if (!isComplete) {
        child.stdin.destroy();
        child.kill("SIGTERM");
        await ended;
      }
    }
    const { code, signal, error } = await ended;
    if (child.stdin.writableFinished) await feeding;
    child.stdin.destroy();
    if (failure.input instanceof Error) throw failure.input;
    if (error !== undefined) {
      if (systemCode(error) === "ENOENT") throw new JnError("USAGE", `${name}: ${missing}`, { cause: error });
      throw new WireError("IO", `${name}: cannot start ${program}: ${error.message}`, { cause: error });
    }
    if (code === 0) return;
    const said = tail.toString("utf8").trim().split("\n").at(-1) ?? "";
    const how = signal === null ? `ended with ${code}` : `was ended by ${signal}`;
    throw new JnError("BAD_DATA", `${name}: ${program} ${how}${said === "" ? "" : `: ${said}`}`);
  };
}

/** The same chunks; an error ends them, and is told. */
async function* failing(
  input: AsyncIterable<Buffer>,
  onError: (error: unknown) => void,
): AsyncGenerator<Buffer, void, undefined> {
  try {
    yield* input;
  } catch (error) {
    onError(error);
  }
}

/** As much of standard error as is kept. */
const STDERR_BYTES = 64 * 1024;
