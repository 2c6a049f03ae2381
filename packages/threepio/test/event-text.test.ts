// An event is written field by field; what is read must be what JSON.stringify would have written.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Body } from "../src/journal/event.ts";
import { eventText } from "../src/journal/event-text.ts";

const read = (body: Body): unknown => JSON.parse(`{"v":1${eventText(body)}}`);
const expected = (body: Body): unknown => JSON.parse(JSON.stringify({ v: 1, ...body }));

test("an event's text reads as the event, whatever stands in it", { timeout: 60_000 }, () => {
  const names = ["a", "b", 'quote " and \\', "line\nbreak", "ümläut ☃ 😀", "\ud800 alone", "", "x".repeat(5000)];
  let seed = 7;
  const random = (below: number): number => (seed = (seed * 48_271) % 2_147_483_647) % below;
  for (let round = 0; round < 3000; round++) {
    // Few names, so that many paths begin like the one before.
    const path = Array.from({ length: random(5) }, () => names[random(names.length)]!);
    const ms = [undefined, 0, -0, 1.25, 1e21, Number.NaN, Number.POSITIVE_INFINITY][random(7)];
    const error = random(2) === 0 ? undefined : { message: names[random(names.length)]!, stack: undefined };
    const bodies: readonly Body[] = [
      { type: "test.start", path },
      { type: "test.end", path, status: "fail", ms, error, project: names[random(names.length)] },
    ];
    for (const body of bodies) assert.deepEqual(read(body), expected(body), JSON.stringify(body));
  }
});

test("times are written to the microsecond, as if rounded by hand", { timeout: 60_000 }, () => {
  const text = (ms: number): string =>
    eventText({ type: "test.end", path: ["a"], status: "pass", ms }).split(`"ms":`)[1]!;
  const given = [0.0004, 0.0005, 0.001, 0.0123, 0.9996, 1.2345678, 12.3, 99.9999, 999_999.9999, 1e6 + 0.25, -1.5, 1e-7];
  const wanted = ["0", "0.001", "0.001", "0.012", "1", "1.235", "12.300", "100", "1000000", "1000000.25", "-1.5", "0"];
  assert.deepEqual(given.map(text), wanted);
  for (let at = 0; at < 20_000; at++) {
    const ms = Math.random() * 10 ** (at % 7);
    assert.ok(Math.abs(JSON.parse(text(ms)) - ms) <= 0.00051, `${ms} was written as ${text(ms)}`);
  }
});

test("a path that was changed after it was written is written anew", { timeout: 60_000 }, () => {
  const path = ["file", "group", "test"];
  eventText({ type: "test.start", path });
  path[1] = "another group";
  assert.deepEqual(read({ type: "test.start", path }), { v: 1, type: "test.start", path });
});

test("a field that cannot be written costs itself, not the event", { timeout: 60_000 }, () => {
  const circle: { message: string; self?: unknown } = { message: "round" };
  circle.self = circle;
  const throwing = {
    get message(): string {
      throw new Error("do not look");
    },
  };
  for (const error of [circle, throwing]) {
    const body: Body = { type: "test.end", path: ["a"], status: "fail", error };
    const said = { message: "(an error that cannot be written)" };
    assert.deepEqual(read(body), { v: 1, type: "test.end", path: ["a"], status: "fail", error: said });
  }
  const output = [{ stream: "stdout", text: 5n as unknown as string }];
  const body: Body = { type: "test.end", path: ["a"], status: "pass", output };
  assert.deepEqual(read(body), { v: 1, type: "test.end", path: ["a"], status: "pass" });
  const odd = ["file", 5, undefined] as unknown as readonly string[];
  assert.deepEqual(read({ type: "test.start", path: odd }), { v: 1, type: "test.start", path: ["file", 5, null] });
});
