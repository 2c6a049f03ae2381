/** Told of every call that may have blocked: the pieces that went through, and the milliseconds (of `monotonicMs`) it took. */
export interface FlowMeter {
  /** The sources that are read from now on have this many bytes. */
  expect(bytes: number): void;
  /** A wait for input begins that does not block the process; `read` ends it. */
  waits(beganMs: number): void;
  read(bytes: Uint8Array, count: number, beganMs: number): void;
  written(bytes: Uint8Array, start: number, end: number, beganMs: number): void;
  /** Much was read and written without anybody being told. */
  carried(flow: CarriedFlow): void;
}

/** What went from one descriptor to another. */
export interface CarriedFlow {
  readonly bytesRead: number;
  readonly bytesWritten: number;
  /** Lines of what was read. */
  readonly lines: number;
  /** Milliseconds in which nothing could be read, and in which something was being written. */
  readonly waitInMs: number;
  readonly waitOutMs: number;
}

/**
 * The meter of this process; undefined: nothing is measured, and no clock is read. Sources and sinks on descriptors, and `chunksWhenReady`,
 * tell it.
 */
export function flowMeter(): FlowMeter | undefined {
  return meter;
}

export function useFlowMeter(next: FlowMeter | undefined): void {
  meter = next;
}

let meter: FlowMeter | undefined;
