import assert from "node:assert/strict";
import { test } from "node:test";
import { loadFilter } from "../src/filter/compiler/compile.ts";
import type { Value } from "../src/filter/value/value.ts";
import { runJn, succeeded } from "./support/jn.ts";

async function resultsOf<T extends Value>(text: string, input: Value = null): Promise<T[]> {
  const results: T[] = [];
  (await loadFilter(text)).run(input, (value) => results.push(value as T));
  return results;
}

const FORMS: readonly (readonly [name: string, form: RegExp])[] = [
  ["uuid", /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/],
  ["uuid7", /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/],
  ["ulid", /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/],
  ["xid", /^[0-9a-v]{19}[0g]$/],
  ["nanoid", /^[A-Za-z0-9_-]{21}$/],
  ["shortid", /^[A-Za-z0-9]{8}$/],
];

test("identifiers have their form, and none comes twice", async () => {
  for (const [name, form] of FORMS) {
    const ids = await resultsOf<string>(`range(2000) | ${name}`);
    for (const id of ids) assert.match(id, form, name);
    assert.equal(new Set(ids).size, ids.length, name);
    // Every character of those that are drawn is drawn sometime.
    if (name === "nanoid") assert.equal(new Set(ids.join("")).size, 64);
    if (name === "shortid") assert.equal(new Set(ids.join("")).size, 62);
  }
});

test("identifiers with a time have that of now, and are in its order", async () => {
  for (const [name, milliseconds] of [
    ["uuid7", (id: string) => Number.parseInt(id.replaceAll("-", "").slice(0, 12), 16)],
    ["ulid", (id: string) => [...id.slice(0, 10)].reduce((time, digit) => time * 32 + CROCKFORD.indexOf(digit), 0)],
  ] as const) {
    const before = Date.now();
    const [first, second] = [await resultsOf<string>(name), await later(() => resultsOf<string>(name))];
    const times = [first[0]!, second[0]!].map(milliseconds);
    assert.ok(before <= times[0]! && times[0]! < times[1]! && times[1]! <= Date.now(), `${name}: ${times.join(", ")}`);
    assert.ok(first[0]! < second[0]!, name);
  }
});

test("xids have their second, and of one process are in order", async () => {
  const before = Math.floor(Date.now() / 1000);
  const ids = await resultsOf<string>("range(1000) | xid");
  for (const id of ids) {
    const [time = 0] = await resultsOf<number>("xid_time", id);
    assert.ok(before <= time && time <= Date.now() / 1000, `${id}: ${time}`);
    assert.equal(id.slice(7, 13), ids[0]!.slice(7, 13));
  }
  const counters = ids.map((id) => Number.parseInt(id.slice(14), 32));
  // The counter begins anywhere, so that it may pass its end, once.
  assert.ok(counters.filter((counter, at) => at > 0 && counter <= counters[at - 1]!).length <= 1);
  // The example of the format's own documentation.
  assert.deepEqual(await resultsOf("xid_time", "9m4e2mr0ui3e8a215n4g"), [1_300_816_219]);
  await assert.rejects(resultsOf("xid_time", "9m4e2mr0ui3e8a215n4"), /is no xid/);
  await assert.rejects(resultsOf("xid_time", 5), /is no xid/);
});

test("random gives numbers from 0 to below 1 that fill the room between", async () => {
  const numbers = await resultsOf<number>("range(5000) | random");
  assert.ok(numbers.every((number) => number >= 0 && number < 1));
  for (const part of Array.from({ length: 10 }, (_, at) => at / 10))
    assert.ok(numbers.filter((number) => number >= part && number < part + 0.1).length > 300);
});

test("jn filter: seq counts records, and an id is given to each", { timeout: 60_000 }, async () => {
  const output = succeeded(
    await runJn(["filter", "{n: seq, id: uuid7, x: .x}"], { input: '{"x":5}\n{"x":6}\n{"x":7}\n' }),
  );
  const records = output
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { n: number; id: string; x: number });
  assert.deepEqual(records.map(({ n, x }) => [n, x]), [[1, 5], [2, 6], [3, 7]]); // prettier-ignore
  assert.equal(new Set(records.map(({ id }) => id)).size, 3);
});

async function later<T>(work: () => Promise<T>): Promise<T> {
  await new Promise((resolve) => setTimeout(resolve, 5));
  return await work();
}

const CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
