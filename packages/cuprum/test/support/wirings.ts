import type { PipelineResult, StageResult } from "cuprum";
import assert from "node:assert/strict";
import { test } from "node:test";
import type { BackendName } from "../../src/streams/stream-backend.ts";
import { absence } from "./backends.ts";
import { described } from "./programs.ts";

/** A way to connect the stages of a pipeline, and the options that ask for it. */
export interface Wiring {
  readonly name: string;
  readonly wiring: "kernel" | "tapped";
  readonly backend: BackendName | null;
  readonly options: { readonly countBytes: boolean; readonly backend?: BackendName };
}

const WIRINGS: readonly Wiring[] = [
  { name: "kernel hops", wiring: "kernel", backend: null, options: { countBytes: false } },
  ...(["node", "rust"] as const).map((backend): Wiring => ({
    name: `hops tapped by ${backend}`,
    wiring: "tapped",
    backend,
    options: { countBytes: true, backend },
  })),
];

/** Runs a suite for each wiring; one whose backend is not here is skipped, with the reason. */
export function forEachWiring(suite: (wiring: Wiring) => void): void {
  for (const wiring of WIRINGS) {
    const reason = wiring.backend === null ? undefined : absence(wiring.backend);
    if (reason === undefined) suite(wiring);
    else void test(`${wiring.name}: ${suite.name}`, { skip: reason }, () => {});
  }
}

/** Fails with everything that is known of the result, unless its hops were wired as asked. */
export function assertWired(result: PipelineResult<unknown>, { wiring, backend }: Wiring): void {
  for (const hop of result.hops) {
    assert.deepEqual([hop.wiring, hop.backend], [wiring, backend], described(result));
    assert.equal(hop.bytes === null, wiring === "kernel", described(result));
  }
}

/** What a test asserts of stages: how each ended. */
export function endsOf(stages: readonly StageResult[]): readonly unknown[] {
  return stages.map(({ status, exitCode, signal }) =>
    status === "ok" || status === "failed" ? exitCode : (signal ?? status),
  );
}
