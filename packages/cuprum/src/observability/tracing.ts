import type { Observer } from "../events/event.ts";

/** What is needed of a tracer: that of `@opentelemetry/api` fits. */
export interface TracingTracer {
  startSpan(name: string, options?: { attributes?: Record<string, string | number>; startTime?: number }): TracingSpan;
}

export interface TracingSpan {
  setAttribute(name: string, value: string | number): unknown;
  /** Codes as in `@opentelemetry/api`: 1 is ok, 2 is an error. */
  setStatus(status: { code: 1 | 2; message?: string }): unknown;
  end(endTime?: number): void;
}

/** One span `cuprum.exec PROGRAM` an execution, from its plan to its exit; a child of the active span of its caller. */
export function tracingObserver(tracer: TracingTracer): Observer {
  const spans = new Map<string, TracingSpan>();
  return {
    onEvent(event) {
      if (event.phase === "plan") {
        const attributes = {
          "process.executable.name": event.program,
          "cuprum.project": event.project,
          "cuprum.exec.id": event.execId,
          "cuprum.stage.index": event.stage.index,
          "cuprum.stage.count": event.stage.count,
        };
        spans.set(
          event.execId,
          tracer.startSpan(`cuprum.exec ${event.program}`, { attributes, startTime: event.time }),
        );
        return;
      }
      const span = spans.get(event.execId);
      if (event.phase === "start") span?.setAttribute("process.pid", event.pid);
      if (event.phase !== "exit" || span === undefined) return;
      spans.delete(event.execId);
      span.setAttribute("cuprum.status", event.status);
      if (event.exitCode !== null) span.setAttribute("process.exit.code", event.exitCode);
      span.setStatus(event.ok ? { code: 1 } : { code: 2, message: event.signal ?? event.status });
      span.end(event.time);
    },
  };
}
