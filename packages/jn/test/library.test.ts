// The library through the package's own export: each function gives what its command prints.
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import type * as library from "../src/index.ts";
import { folderWith, runShell, succeeded } from "./support/jn.ts";

type Library = typeof library;

/** Built after what is compiled here, whose types are the same. */
const PACKAGE: string = "jn";
const jn = (await import(PACKAGE)) as Library;

const FILES = {
  "people.csv": "id,name,age,city\n1,Ada,36,London\n2,Grace,,New York\n3,Alan,41,London\n4,Ada,36,London\n",
  "cities.ndjson": '{"city":"London","country":"UK"}\n{"city":"Rome","country":"IT"}\n',
  "times.ndjson": '{"t":"2026-01-01T10:00:05Z"}\n{"t":"2026-01-01T10:00:50Z"}\n{"t":"2026-01-01T10:02:00Z"}\n',
  "schema.json": '{"type":"object","required":["id"],"properties":{"id":{"type":"integer"}}}\n',
};
const PEOPLE = "people.csv";

/** Of each function that gives records: a call, and the command that prints the same. */
const CASES: readonly (readonly [command: string, call: () => ReturnType<Library["cat"]>])[] = [
  ["cat people.csv cities.ndjson", () => jn.cat([PEOPLE, "cities.ndjson"])],
  ["filter '.age > 36' people.csv", () => jn.filter(PEOPLE, ".age > 36")],
  ["head -n 2 people.csv", () => jn.head(PEOPLE, 2)],
  ["tail -n 2 people.csv", () => jn.tail(jn.cat(PEOPLE), 2)],
  ["sort --by city,-age people.csv", () => jn.sort(PEOPLE, { by: "city,-age" })],
  ["uniq --by name people.csv", () => jn.uniq(PEOPLE, { by: "name" })],
  [
    "group --by city --agg 'count, avg(age)' people.csv",
    () => jn.group(PEOPLE, { by: "city", agg: "count, avg(age)" }),
  ],
  [
    "join cities.ndjson --on city --type full people.csv",
    () => jn.join(PEOPLE, "cities.ndjson", { on: "city", type: "full" }),
  ],
  ["sample --rate 0.5 --seed 7 people.csv", () => jn.sample(PEOPLE, { rate: 0.5, seed: 7 })],
  ["analyze people.csv", () => jn.analyze(PEOPLE)],
  ["merge people.csv cities.ndjson:label=c", () => jn.merge([PEOPLE, { source: "cities.ndjson", label: "c" }])],
  ["merge --no-source people.csv:label=a", () => jn.merge([{ source: PEOPLE, label: "a" }], { source: false })],
  ["assert '.id > 0' people.csv", () => jn.assert(PEOPLE, ".id > 0")],
  ["assert --schema schema.json people.csv", () => jn.assert(PEOPLE, { schema: "schema.json" })],
  [
    "edit .name=x .new:='[1]' --delete .age --append .new 2 people.csv",
    () => jn.edit(PEOPLE, { set: { ".name": "x", ".new": [1] }, delete: [".age"], append: { ".new": 2 } }),
  ],
  [
    'edit --merge \'{"age":null,"a":{"b":1}}\' people.csv',
    () => jn.edit(PEOPLE, { merge: { age: null, a: { b: 1 } } }),
  ],
  [
    "window --size 2 --every 1 --agg 'avg(id)' people.csv",
    () => jn.window(PEOPLE, { size: 2, every: 1, agg: "avg(id)" }),
  ],
  ["window --time t --size 1m times.ndjson", () => jn.window("times.ndjson", { size: "1m", time: "t" })],
  ["sh printf 'a\\nb\\n'", () => jn.sh("printf", ["a\\nb\\n"])],
  ["sh --format csv printf 'x\\n1\\n'", () => jn.sh("printf", ["x\\n1\\n"], { format: "csv" })],
];

describe("the library does what the commands do", { concurrency: false }, () => {
  for (const [command, call] of CASES) {
    test(command, { timeout: 60_000 }, async (context) => {
      const cwd = folderWith(context, FILES);
      const printed = succeeded(await runShell(`jn ${command}`, { cwd }));
      assert.ok(printed.length > 0);
      assert.equal(await inFolder(cwd, async () => await textOf(call().bytes())), printed);
    });
  }

  test("every command that takes or gives records is a function", () => {
    const without = new Set(["completion", "plugin", "profile", "top", "run"]);
    const names = Object.keys(jn).filter((name) => name !== "JnError" && name !== "default");
    const commands = readdirSync(join(SOURCES, "commands"))
      .map((file) => file.replace(/\.ts$/, ""))
      .filter((name) => name !== "registry" && !without.has(name));
    assert.deepEqual(names.toSorted(), commands.toSorted());
  });
});

test("inspect: the schema and the type that the command prints", { timeout: 60_000 }, async (context) => {
  const cwd = folderWith(context, FILES);
  const printed = succeeded(
    await runShell("jn inspect people.csv; jn inspect -t --name Person -n 1 people.csv", { cwd }),
  );
  const text = await inFolder(cwd, async () => {
    const { schema } = await jn.inspect(PEOPLE);
    const { typeScript } = await jn.inspect(jn.cat(PEOPLE), { lines: 1 });
    assert.throws(() => typeScript("no name"), { code: "USAGE" });
    return `${JSON.stringify(schema, undefined, 2)}\n${typeScript("Person")}`;
  });
  assert.equal(text, printed);
});

test("table: what the command prints", { timeout: 60_000 }, async (context) => {
  const cwd = folderWith(context, FILES);
  const printed = succeeded(await runShell("jn table --style grid --columns city,name people.csv", { cwd }));
  const text = await inFolder(cwd, async () => {
    let all = "";
    for await (const piece of jn.table(PEOPLE, { style: "grid", columns: ["city", "name"] })) all += piece;
    return all;
  });
  assert.equal(text, printed);
});

test(
  "tee: the files appear with the last record; not when the loop is left, or a record is bad",
  { timeout: 60_000 },
  async (context) => {
    const cwd = folderWith(context, { ...FILES, "bad.ndjson": '{"a":1}\noops\n' });
    await inFolder(cwd, async () => {
      for await (const record of jn.tee(PEOPLE, ["copy.json", "copy.csv"])) {
        assert.ok(record);
        assert.ok(!existsSync("copy.json"));
        break;
      }
      await assert.rejects(jn.tee("bad.ndjson", "copy.json").toArray(), { code: "BAD_DATA" });
      assert.deepEqual(readdirSync(".").toSorted(), [...Object.keys(FILES), "bad.ndjson"].toSorted());
      assert.equal((await jn.tee(PEOPLE, ["copy.json", "copy.csv"]).toArray()).length, 4);
      assert.equal(readFileSync("copy.csv", "utf8"), FILES["people.csv"]);
    });
  },
);

test("split: what it writes and returns; nothing is left when it fails", { timeout: 60_000 }, async (context) => {
  const cwd = folderWith(context, FILES);
  await inFolder(cwd, async () => {
    assert.deepEqual(
      (await jn.split(PEOPLE, "by-{}.ndjson", { by: "city" })).map((path) => path.replace(/^.*\//, "")),
      ["by-London.ndjson", "by-New York.ndjson"],
    );
    assert.equal(readFileSync("by-New York.ndjson", "utf8").split("\n").length, 2);
    const before = readdirSync(".");
    await assert.rejects(jn.split(PEOPLE, "part-{}.csv", { lines: 1, maxFiles: 2 }), { code: "USAGE" });
    await assert.rejects(jn.split(PEOPLE, "part-{}.csv", {}), { code: "USAGE" });
    await assert.rejects(jn.split(PEOPLE, "part.csv", { lines: 1 }), { code: "USAGE" });
    assert.deepEqual(readdirSync("."), before);
    assert.equal((await jn.split(PEOPLE, "part-{}.csv", { lines: 3 })).length, 2);
  });
});

test("a sort of more than memory gives its records bit by bit, not all at once", { timeout: 120_000 }, async () => {
  const count = 1_200_000;
  // 70 MB out of a megabyte of memory.
  function* records(): Generator<object, void, undefined> {
    for (let n = count; n > 0; n--) yield { n, text: "forty characters that stand for a record." };
  }
  const before = process.memoryUsage().arrayBuffers;
  let [seen, most] = [0, 0];
  for await (const chunk of jn.sort(records(), { by: "n", memoryBytes: 1024 * 1024 }).bytes()) {
    seen += chunk.length;
    most = Math.max(most, process.memoryUsage().arrayBuffers - before);
  }
  assert.ok(seen > 70_000_000, String(seen));
  assert.ok(most < 50_000_000, `${most} bytes were held`);
});

const SOURCES = join(dirname(fileURLToPath(import.meta.url)), "../../src");

async function textOf(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all).toString();
}

/** Does the work in a folder: addresses are relative to where the program is. */
async function inFolder<Result>(folder: string, work: () => Promise<Result>): Promise<Result> {
  const before = process.cwd();
  process.chdir(folder);
  try {
    return await work();
  } finally {
    process.chdir(before);
  }
}
