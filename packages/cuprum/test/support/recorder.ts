import assert from "node:assert/strict";
import { inspect } from "node:util";
import type { ExecutionEvent, Observer } from "cuprum";

/** Keeps every event. */
export class Recorder implements Observer {
  readonly events: ExecutionEvent[] = [];
  readonly lines: boolean;

  constructor(options: { readonly lines?: boolean } = {}) {
    this.lines = options.lines === true;
  }

  readonly onEvent = (event: ExecutionEvent): void => void this.events.push(event);

  /** The events of each execution, in the order in which they came. */
  executions(): readonly (readonly ExecutionEvent[])[] {
    const byId = new Map<string, ExecutionEvent[]>();
    for (const event of this.events) byId.set(event.execId, [...(byId.get(event.execId) ?? []), event]);
    return [...byId.values()];
  }

  /** The phases of the events of one stage. */
  phasesOf(program: string): readonly string[] {
    return this.events.filter((event) => event.program === program).map(({ phase }) => phase);
  }

  /** Asserts what holds on every path: one plan, which is the first, and one exit, which is the last. */
  assertEveryPlanHasItsExit(executions: number): void {
    const described = inspect(this.events, { depth: 4, maxArrayLength: 200 });
    assert.equal(this.executions().length, executions, described);
    for (const events of this.executions()) {
      const phases = events.map(({ phase }) => phase);
      assert.equal(phases[0], "plan", described);
      assert.equal(phases.at(-1), "exit", described);
      for (const phase of ["plan", "exit"]) assert.equal(phases.filter((one) => one === phase).length, 1, described);
      assert.ok(phases.filter((one) => one === "start").length <= 1, described);
    }
  }
}
