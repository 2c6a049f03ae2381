export * as builders from "./builders/builders.ts";
export {
  type Catalogue,
  type CatalogueDefinition,
  type CatalogueNames,
  type CommandBuilder,
  defineCatalogue,
  mergeCatalogues,
  type ProgramDefinition,
  type ProgramNames,
  type Project,
  type ProjectDefinition,
} from "./catalogues/catalogue.ts";
export { defaultCatalogue } from "./catalogues/default-catalogue.ts";
export { type Argument, buildArguments, operands, type Options } from "./commands/arguments.ts";
export type { Command } from "./commands/command.ts";
export { pipe, type Pipeline, type Transform, transform } from "./commands/pipeline.ts";
export { type Secret, secret } from "./commands/secret.ts";
export {
  type ConcurrentEntry,
  type ConcurrentOptions,
  type ConcurrentResult,
  runConcurrent,
} from "./concurrency/run-concurrent.ts";
export { CuprumError, type CuprumErrorCode, UnknownProgramError } from "./cuprum-error.ts";
export type { EventPhase, ExecutionEvent, Observer } from "./events/event.ts";
export type { CommandResult, HopResult, PipelineResult, StageResult, Status } from "./execution/result.ts";
export type { RunOptions, StdinSource, StdoutTarget, StreamOptions } from "./execution/run-options.ts";
export { loggingObserver, type LogRecord } from "./observability/logging.ts";
export { metricsObserver, type MetricsMeter } from "./observability/metrics.ts";
export { tracingObserver, type TracingTracer } from "./observability/tracing.ts";
export type { Program } from "./programs/program.ts";
export type { EnvironmentChanges } from "./scopes/environment.ts";
export type { AfterHook, BeforeHook, HookedCommand } from "./scopes/hooks.ts";
export { currentScope, type Registration, type Scope, scoped, type ScopeOptions } from "./scopes/scope.ts";
export { forgetStreamBackend, streamBackend } from "./streams/backend-choice.ts";
export type { Sink } from "./streams/sink.ts";
