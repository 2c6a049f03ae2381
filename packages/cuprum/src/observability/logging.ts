import type { ExecutionEvent, Observer } from "../events/event.ts";

/** One line for a log, as data. */
export interface LogRecord {
  readonly level: "info" | "warn";
  readonly message: string;
  readonly event: ExecutionEvent;
}

/** Gives a log one record for each start, each early end of an input, and each end; `warn` for what did not end well. */
export function loggingObserver(log: (record: LogRecord) => void): Observer {
  return {
    onEvent(event) {
      const record = recordOf(event);
      if (record !== undefined) log(record);
    },
  };
}

function recordOf(event: ExecutionEvent): LogRecord | undefined {
  const { program } = event;
  switch (event.phase) {
    case "start":
      return { level: "info", message: `${program} started as process ${event.pid}`, event };
    case "stdinError":
      return { level: "warn", message: `${program} closed its input after ${event.bytes} bytes`, event };
    case "exit": {
      const level = event.ok ? "info" : "warn";
      const how = event.signal ?? (event.exitCode === null ? "not started" : `exit code ${event.exitCode}`);
      const message = `${program} ${event.status} (${how}) after ${Math.round(event.durationMs)} ms`;
      return { level, message, event };
    }
    case "plan":
    case "stdout":
    case "stderr":
    case "stdin":
      return undefined;
  }
}
