import { planExecution } from "../execution/plan.ts";
import type { CommandResult } from "../execution/result.ts";
import { readChunks, readLines, runPipeline } from "../execution/run.ts";
import type { Captured, ExecutionOptions, RunOptions, StreamOptions } from "../execution/run-options.ts";
import { redaction } from "../events/redaction.ts";
import type { EnvironmentChanges } from "../scopes/environment.ts";
import { scopedPatterns } from "../scopes/scope.ts";
import { type CommandSpec, type PipelineSpec, shownCommand } from "./command-spec.ts";
import { inspectAs } from "./inspection.ts";

/** Changes to where a command runs. */
export interface CommandPlace {
  readonly cwd?: string | undefined;
  /** Added to those that the command has already. */
  readonly env?: EnvironmentChanges | undefined;
}

/** A program and its arguments: a value. Nothing runs before one of its methods is called, and each call runs it anew. */
export class Command {
  /** Private, because it has the secrets: what dumps an object field by field does not get at it. */
  readonly #spec: CommandSpec;

  constructor(spec: CommandSpec) {
    this.#spec = Object.freeze(spec);
    Object.freeze(this);
  }

  /** The data of a command, secrets included. */
  static specOf(command: Command): CommandSpec {
    return command.#spec;
  }

  /** The same command in another folder, or another environment. */
  with(place: CommandPlace): Command {
    const { cwd = this.#spec.cwd, env } = place;
    return new Command({ ...this.#spec, cwd, env: Object.freeze({ ...this.#spec.env, ...env }) });
  }

  /**
   * Runs it to its end. However it ends, the result says so; only `check` throws for that.
   *
   * @throws CuprumError
   */
  async run<const Options extends RunOptions = RunOptions>(
    options?: Options,
  ): Promise<CommandResult<Captured<Options>>> {
    const result = await runPipeline(alone(this.#spec), options ?? {});
    const { stages: _stages, failure: _failure, hops: _hops, ...own } = result;
    return { ...result.stages[0], ...own, readerLeft: false } as CommandResult<Captured<Options>>;
  }

  /** The lines of its output, at the pace of who takes them. Leaving the loop stops it. */
  lines(options: StreamOptions = {}): AsyncGenerator<string, void> {
    return readLines(alone(this.#spec), options);
  }

  /** The same for chunks of bytes. */
  bytes(options: StreamOptions = {}): AsyncGenerator<Uint8Array, void> {
    return readChunks(alone(this.#spec), options);
  }

  /**
   * Checks everything that can be checked without starting it, and says which executable it would be.
   *
   * @throws CuprumError
   */
  plan(options: ExecutionOptions = {}): { readonly file: string; readonly cwd: string | undefined } {
    const [stage] = planExecution(alone(this.#spec), options).stages;
    return { file: stage?.file ?? "", cwd: stage?.cwd };
  }

  /** The command line, secrets redacted; for people, not for a shell. */
  toString(): string {
    return shownCommand(this.#spec, redaction(this.#spec.secrets, scopedPatterns()));
  }

  toJSON(): string {
    return this.toString();
  }
}

inspectAs(Command, (one) => `Command(${one.toString()})`);

function alone(spec: CommandSpec): PipelineSpec {
  return { stages: [spec], transforms: new Map() };
}
