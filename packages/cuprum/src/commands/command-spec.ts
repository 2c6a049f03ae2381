import type { Program } from "../programs/program.ts";
import type { EnvironmentChanges } from "../scopes/environment.ts";
import type { Chunks } from "../streams/feed.ts";

/** One command, as data. */
export interface CommandSpec {
  readonly program: Program;
  readonly args: readonly string[];
  /** Texts in the arguments that must not be shown. */
  readonly secrets: readonly string[];
  readonly cwd: string | undefined;
  readonly env: EnvironmentChanges | undefined;
}

/** Changes the bytes between two stages, in JavaScript. */
export type ChunkTransform = (chunks: AsyncIterable<Uint8Array>) => Chunks;

/** What runs: commands in a row, and what happens between them. */
export interface PipelineSpec {
  readonly stages: readonly CommandSpec[];
  /** The transforms behind a stage, by its index. */
  readonly transforms: ReadonlyMap<number, readonly ChunkTransform[]>;
}

/** A command line for people: quoted where needed. Not for a shell. */
export function shownCommand(spec: CommandSpec, redact: (text: string) => string): string {
  return [spec.program.name, ...spec.args.map(redact)]
    .map((text) => (/^[\w./:=@%+,-]+$/.test(text) ? text : JSON.stringify(text)))
    .join(" ");
}
