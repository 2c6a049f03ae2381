import { CuprumError, defineCatalogue, type ProgramDefinition } from "cuprum";
import { WireError } from "@jn/wire";
import { JnError } from "../jn-error.ts";
import type { ByteStage } from "../plugins/plugin.ts";

export interface ProgramOptions {
  /** A name to be looked up on the path, or a name and a path. No shell sees it. */
  readonly program: ProgramDefinition;
  readonly args: readonly string[];
  /** How messages call the stage. */
  readonly name: string;
  /** What to say when there is no such program. */
  readonly missing: string;
  /** Changes to the environment. */
  readonly env?: Readonly<Record<string, string | null>> | undefined;
}

/**
 * Bytes through another program: in at its standard input, out at its standard output. Whoever stops reading ends it. Its catalogue
 * has this program and no other. This is the only place that starts processes.
 *
 * @throws JnError `BAD_DATA` with the last line of its standard error when it fails, `USAGE` when there is no such program
 */
export function programStage({ program, args, name, missing, env }: ProgramOptions): ByteStage {
  return async function* stage(input) {
    const failure: { input?: unknown } = {};
    try {
      const { make } = defineCatalogue({ jn: { programs: [program] } });
      const stdin = watched(input, failure);
      for await (const chunk of make(program.name)(...args).bytes({ stdin, env: env ?? {} })) {
        yield Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
      }
    } catch (error) {
      if (failure.input instanceof Error) throw failure.input;
      throw error instanceof CuprumError ? explained(error, program.name, name, missing) : error;
    }
  };
}

/** The same chunks; an error is kept, and thrown on: it ends the program. */
async function* watched(
  input: AsyncIterable<Buffer>,
  failure: { input?: unknown },
): AsyncGenerator<Buffer, void, undefined> {
  try {
    yield* input;
  } catch (error) {
    failure.input = error;
    throw error;
  }
}

function explained(error: CuprumError, program: string, name: string, missing: string): Error {
  const { code, result } = error;
  if (code === "PROGRAM_NOT_FOUND") return new JnError("USAGE", `${name}: ${missing}`, { cause: error });
  if (code !== "EXIT" && code !== "SIGNAL") return new WireError("IO", `${name}: ${error.message}`, { cause: error });
  const said = result?.stderr.trim().split("\n").at(-1) ?? "";
  const how = code === "SIGNAL" ? `was ended by ${result?.signal}` : `ended with ${result?.exitCode}`;
  return new JnError("BAD_DATA", `${name}: ${program} ${how}${said === "" ? "" : `: ${said}`}`, { cause: error });
}
