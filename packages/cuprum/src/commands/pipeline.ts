import { inspect } from "node:util";
import { CuprumError } from "../cuprum-error.ts";
import { planExecution } from "../execution/plan.ts";
import type { PipelineResult } from "../execution/result.ts";
import { readChunks, readLines, runPipeline } from "../execution/run.ts";
import type { Captured, ExecutionOptions, RunOptions, StreamOptions } from "../execution/run-options.ts";
import type { HopPlan } from "../wiring/hop.ts";
import { Command } from "./command.ts";
import type { ChunkTransform, CommandSpec, PipelineSpec } from "./command-spec.ts";
import { inspectAs } from "./inspection.ts";

/** A function on the bytes between two commands; it may stand anywhere in `pipe` but first and last. */
export class Transform {
  /** Private, so that no function passes for one: every function has an `apply`. */
  readonly #work: ChunkTransform;

  constructor(work: ChunkTransform) {
    this.#work = work;
  }

  static workOf(transform: Transform): ChunkTransform {
    return transform.#work;
  }
}

/**
 * Works on the bytes between two stages: `pipe(a, transform(async function* (chunks) { ... }), b)`. What it throws stops
 * the pipeline.
 */
export function transform(work: ChunkTransform): Transform {
  return new Transform(work);
}

/** Connected commands: a value, like a command. */
export class Pipeline {
  readonly #spec: PipelineSpec;

  constructor(spec: PipelineSpec) {
    this.#spec = Object.freeze(spec);
    Object.freeze(this);
  }

  /** The data of a pipeline, secrets included. */
  static specOf(pipeline: Pipeline): PipelineSpec {
    return pipeline.#spec;
  }

  /**
   * Runs it to its end: of every stage. However they end, the result says so; only `check` throws for that.
   *
   * @throws CuprumError
   */
  async run<const Options extends RunOptions = RunOptions>(
    options?: Options,
  ): Promise<PipelineResult<Captured<Options>>> {
    return (await runPipeline(this.#spec, options ?? {})) as PipelineResult<Captured<Options>>;
  }

  /** The lines of the last stage's output, at the pace of who takes them. Leaving the loop stops every stage. */
  lines(options: StreamOptions = {}): AsyncGenerator<string, void> {
    return readLines(this.#spec, options);
  }

  /** The same for chunks of bytes. */
  bytes(options: StreamOptions = {}): AsyncGenerator<Uint8Array, void> {
    return readChunks(this.#spec, options);
  }

  /**
   * Checks everything that can be checked without starting anything, and says how each hop would be wired.
   *
   * @throws CuprumError
   */
  plan(options: ExecutionOptions = {}): { readonly files: readonly string[]; readonly hops: readonly HopPlan[] } {
    const { stages, hops } = planExecution(this.#spec, options);
    return { files: stages.map(({ file }) => file), hops };
  }

  /** The command line, secrets redacted; for people, not for a shell. */
  toString(): string {
    return this.#spec.stages.map((stage) => new Command(stage).toString()).join(" | ");
  }

  toJSON(): string {
    return this.toString();
  }
}

inspectAs(Pipeline, (one) => `Pipeline(${one.toString()})`);

/**
 * Connects commands by pipes. Pipelines in it become part of the whole.
 *
 * @throws CuprumError `INVALID_ARGUMENT` for fewer than two stages, a transform at an end, or a part that is nothing of these
 */
export function pipe(...parts: readonly (Command | Pipeline | Transform)[]): Pipeline {
  const stages: CommandSpec[] = [];
  const transforms = new Map<number, readonly ChunkTransform[]>();
  for (const [place, part] of parts.entries()) {
    if (part instanceof Command) stages.push(Command.specOf(part));
    else if (part instanceof Pipeline) {
      const spec = Pipeline.specOf(part);
      for (const [index, inner] of spec.transforms) transforms.set(stages.length + index, inner);
      stages.push(...spec.stages);
    } else if (part instanceof Transform) {
      const behind = stages.length - 1;
      if (behind < 0) throw misplaced();
      transforms.set(behind, [...(transforms.get(behind) ?? []), Transform.workOf(part)]);
    } else {
      const given: unknown = part;
      const found =
        typeof given === "function" ? "a function; call it for a command, or wrap it in transform()" : inspect(given);
      throw new CuprumError(
        "INVALID_ARGUMENT",
        `part ${place + 1} of a pipeline is no command, pipeline or transform, but ${found}`,
      );
    }
  }
  if (stages.length < 2) {
    throw new CuprumError("INVALID_ARGUMENT", `a pipeline has two stages or more, not ${stages.length}`);
  }
  if (transforms.has(stages.length - 1)) throw misplaced();
  return new Pipeline({ stages, transforms });
}

function misplaced(): CuprumError {
  return new CuprumError(
    "INVALID_ARGUMENT",
    "a transform stands between two commands; use stdin for what comes before the first, bytes() for what comes after the last",
  );
}
