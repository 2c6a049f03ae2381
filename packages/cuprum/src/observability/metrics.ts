import type { Observer } from "../events/event.ts";

/** What is needed of a meter: that of `@opentelemetry/api` fits. */
export interface MetricsMeter {
  createCounter(name: string, options?: { description?: string; unit?: string }): MetricsCounter;
  createHistogram(name: string, options?: { description?: string; unit?: string }): MetricsHistogram;
}

export interface MetricsCounter {
  add(value: number, attributes?: Record<string, string>): void;
}

export interface MetricsHistogram {
  record(value: number, attributes?: Record<string, string>): void;
}

/**
 * Counts executions (`cuprum.executions`, by program, project and status), measures how long they take
 * (`cuprum.duration`, s), and counts the bytes of their inputs (`cuprum.stdin.bytes`). With `lines` also those of their
 * output (`cuprum.lines`, by stream), which taps every hop.
 */
export function metricsObserver(meter: MetricsMeter, options: { readonly lines?: boolean } = {}): Observer {
  const executions = meter.createCounter("cuprum.executions", { description: "commands that have ended" });
  const duration = meter.createHistogram("cuprum.duration", { description: "from start to end", unit: "s" });
  const input = meter.createCounter("cuprum.stdin.bytes", { description: "bytes written to commands", unit: "By" });
  const lines = meter.createCounter("cuprum.lines", { description: "lines that commands have printed" });
  return {
    lines: options.lines === true,
    onEvent(event) {
      const labels = { program: event.program, project: event.project };
      if (event.phase === "exit") {
        executions.add(1, { ...labels, status: event.status });
        if (event.pid !== undefined) duration.record(event.durationMs / 1000, { ...labels, status: event.status });
      } else if (event.phase === "stdin" || event.phase === "stdinError") input.add(event.bytes, labels);
      else if (event.phase === "stdout" || event.phase === "stderr") {
        lines.add(event.lines.length, { ...labels, stream: event.phase });
      }
    },
  };
}
