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
export { Command } from "./commands/command.ts";
export { pipe, Pipeline, Transform, transform } from "./commands/pipeline.ts";
export { secret } from "./commands/secret.ts";
export {
  type ConcurrentEntry,
  type ConcurrentOptions,
  type ConcurrentResult,
  runConcurrent,
} from "./concurrency/run-concurrent.ts";
export { CuprumError, type CuprumErrorCode, UnknownProgramError } from "./cuprum-error.ts";
export type { ExecutionEvent, EventPhase, Observer } from "./events/event.ts";
export type { CommandResult, HopResult, PipelineResult, StageResult, Status } from "./execution/result.ts";
export type { RunOptions, StdinSource, StdoutTarget, StreamOptions } from "./execution/run-options.ts";
export { loggingObserver, type LogRecord } from "./observability/logging.ts";
export { metricsObserver, type MetricsMeter } from "./observability/metrics.ts";
export { tracingObserver, type TracingTracer } from "./observability/tracing.ts";
export type { Program } from "./programs/program.ts";
export { currentScope, type Registration, Scope, scoped, type ScopeOptions } from "./scopes/scope.ts";
export { forgetStreamBackend, streamBackend } from "./streams/backend-choice.ts";
