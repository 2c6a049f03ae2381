import type { Flags, FlagSpec } from "./flag.ts";

/** An example for the help. */
export interface Example {
  readonly title: string;
  readonly command: string;
}

/** One command: everything that is known about it. */
export interface Command {
  readonly name: string;
  readonly summary: string;
  /** What comes after the name: `[FLAG...] COMMAND...`. */
  readonly usage: string;
  /** Paragraphs for the help. */
  readonly details: readonly string[];
  readonly flags: readonly FlagSpec[];
  /** A test command comes after the flags: its flags are its own. Default: flags may stand anywhere. */
  readonly takesCommand?: true;
  readonly examples: readonly Example[];
  /** Returns the exit code. */
  run(invocation: Invocation): Promise<number>;
}

/** A command line that has been checked against the command's flags. */
export interface Invocation {
  readonly flags: Flags;
  readonly rest: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
}
