import type { StageResult } from "../execution/result.ts";

/** What a hook is told of a command. Arguments have their secrets redacted. */
export interface HookedCommand {
  readonly program: string;
  readonly project: string;
  readonly args: readonly string[];
  readonly cwd: string | undefined;
}

/** Runs before a command is started, outer scopes first. What it throws prevents the start. */
export type BeforeHook = (command: HookedCommand) => void | Promise<void>;

/** Runs after a command, however it ended, inner scopes first. What it throws fails the run; the result goes with the error. */
export type AfterHook = (command: HookedCommand, result: StageResult) => void | Promise<void>;
