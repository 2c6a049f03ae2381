import { statSync } from "node:fs";
import { type ChunkTransform, type CommandSpec, type PipelineSpec, shownCommand } from "../commands/command-spec.ts";
import { CuprumError } from "../cuprum-error.ts";
import { Observation, type Observers, wantsLines } from "../events/observation.ts";
import { type Redaction, redaction } from "../events/redaction.ts";
import { environmentFrom, environmentSecrets } from "../scopes/environment.ts";
import type { AfterHook, BeforeHook } from "../scopes/hooks.ts";
import { currentScope, scopeChain, scopedPatterns } from "../scopes/scope.ts";
import { type BackendChoice, streamBackend } from "../streams/backend-choice.ts";
import type { HopPlan } from "../wiring/hop.ts";
import { pipeKind } from "../wiring/kernel-pipe.ts";
import { newExecutionId } from "./execution-id.ts";
import { checkOptions, type RunOptions } from "./run-options.ts";

/** One stage, ready to be started. */
export interface StagePlan {
  readonly index: number;
  readonly spec: CommandSpec;
  readonly file: string;
  readonly cwd: string | undefined;
  readonly env: Readonly<Record<string, string>>;
  /** Arguments as they may be shown. */
  readonly shownArgs: readonly string[];
  readonly observation: Observation;
}

/** Everything that is decided before anything is started. */
export interface ExecutionPlan {
  readonly stages: readonly StagePlan[];
  readonly hops: readonly HopPlan[];
  readonly transforms: ReadonlyMap<number, readonly ChunkTransform[]>;
  readonly choice: BackendChoice;
  /** Undefined: no limit. */
  readonly timeoutMs: number | undefined;
  readonly before: readonly BeforeHook[];
  readonly after: readonly AfterHook[];
  /** Whether somebody wants the lines of what the stages print. */
  readonly lines: boolean;
  readonly redact: Redaction;
  /** The whole command line, for people. */
  readonly shown: string;
}

/**
 * Checks and resolves everything: policy, options, backend, executables, folders.
 *
 * @throws CuprumError `FORBIDDEN_PROGRAM`, `PROGRAM_NOT_FOUND`, `BACKEND_UNAVAILABLE`, `INVALID_OPTION`
 */
export function planExecution(pipeline: PipelineSpec, options: RunOptions): ExecutionPlan {
  const scope = currentScope();
  const chain = scopeChain(scope);
  for (const { program } of pipeline.stages) {
    if (scope?.allows(program) === false) {
      const { name } = program;
      throw new CuprumError(
        "FORBIDDEN_PROGRAM",
        `the scope does not allow program ${JSON.stringify(name)}; add it to allow`,
      );
    }
  }
  checkOptions(options);
  const choice = streamBackend(options.backend);
  const registered = chain.map((one) => one.registered());
  const changes = [...chain.map(({ options }) => options.env), options.env];
  const secrets = pipeline.stages.flatMap(({ secrets, env }) => [...secrets, ...environmentSecrets([env])]);
  const redact = redaction([...secrets, ...environmentSecrets(changes)], scopedPatterns());
  const observers: Observers = {
    observers: [...registered.flatMap(({ observers }) => observers), ...(options.observers ?? [])],
    redact,
    tags: shownTags([...chain.map(({ options }) => options.tags), options.tags], redact),
  };
  const lines = wantsLines(observers.observers);
  const count = pipeline.stages.length;
  const stages = pipeline.stages.map((spec, index): StagePlan => {
    const cwd = spec.cwd ?? options.cwd;
    if (cwd !== undefined) checkFolder(cwd, spec, redact);
    return {
      index,
      spec,
      file: spec.program.file(),
      cwd,
      env: environmentFrom([...changes, spec.env]),
      shownArgs: Object.freeze(spec.args.map(redact)),
      observation: new Observation(observers, newExecutionId(), spec, { index, count }),
    };
  });
  return {
    stages,
    hops: planHops(pipeline, choice, { lines, countBytes: options.countBytes === true }),
    transforms: pipeline.transforms,
    choice,
    timeoutMs: timeoutOf(
      options,
      chain.map(({ options }) => options.timeoutMs),
    ),
    before: registered.flatMap(({ before }) => before),
    after: registered.flatMap(({ after }) => after).toReversed(),
    lines,
    redact,
    shown: pipeline.stages.map((spec) => shownCommand(spec, redact)).join(" | "),
  };
}

/** Tags of scopes from the outside in, then those of the call. */
function shownTags(layers: readonly RunOptions["tags"][], redact: Redaction): Readonly<Record<string, string>> {
  const tags = layers.flatMap((layer) => Object.entries(layer ?? {}));
  return Object.freeze(Object.fromEntries(tags.map(([name, value]) => [name, redact(value)])));
}

/** How each hop would be wired. */
function planHops(
  pipeline: PipelineSpec,
  choice: BackendChoice,
  tapped: { readonly lines: boolean; readonly countBytes: boolean },
): readonly HopPlan[] {
  return pipeline.stages.slice(1).map((stage, index): HopPlan => {
    const ends = {
      from: pipeline.stages[index]?.program.name ?? "",
      to: stage.program.name,
      pipe: pipeKind(choice.native),
    };
    if (pipeline.transforms.has(index)) {
      return { ...ends, wiring: "tapped", backend: "javascript", why: "a transform works on its bytes" };
    }
    if (!tapped.lines && !tapped.countBytes) {
      return { ...ends, wiring: "kernel", backend: null, why: "nobody asked to see its bytes" };
    }
    const reason = tapped.lines ? "an observer asked for lines" : "its bytes are to be counted";
    return {
      ...ends,
      wiring: "tapped",
      backend: choice.backend.name,
      why: `${reason}; ${choice.backend.name}: ${choice.why}`,
    };
  });
}

function timeoutOf(options: RunOptions, scopes: readonly (number | undefined)[]): number | undefined {
  const timeoutMs = options.timeoutMs ?? scopes.findLast((one) => one !== undefined);
  if (timeoutMs === undefined) return undefined;
  if (typeof timeoutMs !== "number" || Number.isNaN(timeoutMs)) {
    throw new CuprumError("INVALID_OPTION", `timeoutMs is ${String(timeoutMs)}; it is a number of milliseconds`);
  }
  // Infinity takes a scope's limit off; setTimeout knows no more than 2^31 - 1 ms.
  return timeoutMs > 0x7fff_ffff ? undefined : timeoutMs;
}

function checkFolder(cwd: string, spec: CommandSpec, redact: Redaction): void {
  if (statSync(cwd, { throwIfNoEntry: false })?.isDirectory() === true) return;
  throw new CuprumError(
    "INVALID_OPTION",
    `cwd ${JSON.stringify(redact(cwd))} of program ${JSON.stringify(spec.program.name)} is no folder`,
  );
}
