import assert from "node:assert/strict";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { loadNative, type RecordKernels } from "@cuprum/native";
import { ByteSink, chain, descriptorSink, openSource, pump, type Transcoder } from "@jn/wire";
import { aggregateList } from "../src/aggregates/aggregate-list.ts";
import { compileFilter } from "../src/filter/compiler/compile.ts";
import { csvReader } from "../src/formats/csv/csv-reader.ts";
import { csvWriter } from "../src/formats/csv/csv-writer.ts";
import { jsonWriter } from "../src/formats/json/json-writer.ts";
import type { LineSourceOptions } from "../src/formats/ndjson/record-lines.ts";
import { ndjsonReader } from "../src/formats/ndjson/ndjson-reader.ts";
import { fieldList } from "../src/keys/field-list.ts";
import { filteredRecords } from "../src/stages/filtered-records.ts";
import { groupedRecords } from "../src/stages/group/grouped-records.ts";
import type { JoinOptions } from "../src/stages/join/join-options.ts";
import { joinOptions } from "../src/stages/join/join-settings.ts";
import { Join } from "../src/stages/join/join.ts";
import { failed, runJn, runShell, succeeded } from "./support/jn.ts";

const load = loadNative();
const skip = load.available || process.env["REQUIRE_NATIVE"] === "1" ? false : `no native module: ${load.reason}`;
const timeout = 60_000;
const folder = mkdtempSync(join(tmpdir(), "jn-carried-"));
after(() => rmSync(folder, { recursive: true, force: true }));

/** What a stage made of a file: bytes, or up to an error; and how much of it did not pass through JavaScript. */
interface Made {
  readonly output: string;
  readonly message: string;
  readonly carriedBytes: number;
}

/** Runs a stage from a file to a file, as `pump` does it for a process. */
function made(make: (options: Pick<LineSourceOptions, "kernels">) => Transcoder, input: Buffer, native: boolean): Made {
  const [from, to] = [join(folder, "in"), join(folder, "out")];
  writeFileSync(from, input);
  let carriedBytes = 0;
  const kernels = native ? () => counting((bytes) => (carriedBytes += bytes)) : undefined;
  const [source, fd] = [openSource(from), openSync(to, "w")];
  let message = "";
  try {
    pump(source, make({ kernels }), descriptorSink(fd, "out"));
  } catch (error) {
    message = String(error);
  } finally {
    source.close();
    closeSync(fd);
  }
  return { output: readFileSync(to, "latin1"), message, carriedBytes };
}

/** The kernels, telling how many bytes they dealt with from descriptor to descriptor. */
function counting(count: (bytes: number) => void): RecordKernels {
  assert.ok(load.available);
  const records = load.module.recordKernels();
  const counted = <Kernel extends { carry?: RecordKernelCarry }>(kernel: Kernel): Kernel => {
    const carry = kernel.carry!.bind(kernel);
    kernel.carry = (readFd, writeFd, begun, milliseconds, followers) => {
      const carried = carry(readFd, writeFd, begun, milliseconds, followers);
      count(begun.length + carried.bytesRead - carried.rest.length);
      return carried;
    };
    return kernel;
  };
  return {
    ...records,
    records: (program) => counted(records.records(program)),
    csvCells: (delimiter, keys) => counted(records.csvCells(delimiter, keys)),
    csvRows: (options) => counted(records.csvRows(options)),
    groups: (program) => counted(records.groups(program)),
    join: (...args) => counted(records.join(...args)),
  };
}
type RecordKernelCarry = NonNullable<ReturnType<RecordKernels["records"]>["carry"]>;

const selection = compileFilter(".score > 50");
const rebuilt = compileFilter("{score, name}");

const MEBIBYTE = 1024 * 1024;
const AGGREGATES = "n: count, count(.score), sum(.id), avg(.id), min(.score), max(.name), first(.name), last(.score)";
function grouped(by: string, options: LineSourceOptions, memoryBytes = 256 * MEBIBYTE): Transcoder {
  return groupedRecords({ ...options, by: fieldList(by, "--by"), aggregates: aggregateList(AGGREGATES), memoryBytes });
}

/** Teams for every second score: of some scores two, one of them with its score in text. */
const TEAMS = Array.from({ length: 60 }, (_, at) => {
  const score = at < 50 ? 2 * at : `${at}`;
  return `${JSON.stringify({ score, team: `t${at}`, name: null, level: at })}\n`;
}).join("");
function joined(type: string, options: LineSourceOptions): Transcoder {
  const join = new Join({ ...JOIN, type: type as JoinOptions["type"] });
  const right = join.right({ source: "right" });
  const nowhere = new ByteSink(() => undefined);
  right.push(Buffer.from(TEAMS), nowhere);
  right.end(nowhere);
  return join.left(options);
}
const JOIN = await joinOptions({ on: "score", memoryBytes: 8 * MEBIBYTE });

const NDJSON_STAGES: readonly (readonly [name: string, make: (options: LineSourceOptions) => Transcoder])[] = [
  ["filter, selecting", (options) => filteredRecords(selection, options)],
  ["filter, rebuilding", (options) => filteredRecords(rebuilt, options)],
  ["NDJSON to NDJSON", ndjsonReader],
  ["NDJSON to JSON", jsonWriter],
  ["group", (options) => grouped("name", options)],
  ["join", (options) => joined("left", options)],
  ["NDJSON to CSV", (options) => csvWriter({ columns: ["id", "score", "name"], ...options })],
];

const COUNT = 40_000;
/** Records in the usual form, about 3 MB of them, with others at some places. */
function records(others: ReadonlyMap<number, string>): Buffer {
  const lines = Array.from(
    { length: COUNT },
    (_, id) => others.get(id) ?? `{"id":${id},"score":${id % 100},"name":"é ${"x".repeat(id % 71)}"}`,
  );
  return Buffer.from(`${lines.join("\n")}\n`);
}

const UNUSUAL = new Map([
  [9_000, '{"score": 99, "sc\\u006fre": 12345678901234567890}'],
  [25_000, "  "],
  [15_000, String.raw`{"score":99,"name":"usual \n \t \b \f \r \" \\ \\n"}`],
  [15_100, String.raw`{"score":99,"name":"slash \/"}`],
  [15_200, String.raw`{"score":99,"name":"number \u00e9 \\u00e9 \u000a"}`],
  [15_300, '{"score":99,"name":"DEL \x7f alone"}'],
  [15_400, '{"score":99,"name":"DEL \\n \x7f"}'],
  [25_001, '{"id":1.0,"score":1e2,"name":null} '],
  [39_999, '{"score":[99],"name":"last"}'],
]);

for (const [name, make] of NDJSON_STAGES) {
  test(`${name}: what is carried by threads is what the reference makes of it`, { timeout, skip }, () => {
    for (const [input, least] of [
      [records(new Map()), 2.5e6],
      [records(UNUSUAL), 4e5],
      [Buffer.concat([records(new Map()), Buffer.from('{"score":51}')]), 2.5e6],
    ] as const) {
      const stage = (options: Pick<LineSourceOptions, "kernels">): Transcoder => make({ source: "in", ...options });
      const [expected, actual] = [made(stage, input, false), made(stage, input, true)];
      assert.equal(expected.message, "");
      assert.equal(actual.message, "");
      assert.ok(actual.output === expected.output, "other bytes");
      assert.ok(actual.carriedBytes > least, `${actual.carriedBytes} bytes were carried`);
    }
  });

  test(`${name}: a bad line among those that threads carry has the reference's message`, { timeout, skip }, () => {
    const broken = records(new Map([[35_000, '{"score":99,"name":"never closed}']]));
    const bytes = records(new Map([[35_000, '{"score":99,"name":"?"}']]));
    bytes[bytes.indexOf("?")] = 0xff;
    for (const [input, message] of [
      [broken, /in:35001:/],
      [bytes, /in:35001:.*invalid UTF-8/],
      [Buffer.concat([records(new Map()), Buffer.from('{"cut":')]), /in:40001:/],
    ] as const) {
      const stage = (options: Pick<LineSourceOptions, "kernels">): Transcoder => make({ source: "in", ...options });
      const [expected, actual] = [made(stage, input, false), made(stage, input, true)];
      assert.match(expected.message, message);
      assert.equal(actual.message, expected.message);
      assert.ok(actual.output === expected.output, "other records before the bad one");
      assert.ok(actual.carriedBytes > 1.5e6, `${actual.carriedBytes} bytes were carried`);
    }
  });
}

test(
  "groups that fill the memory while threads carry: all is what the reference makes of it",
  { timeout, skip },
  () => {
    for (const [input, least] of [
      [records(new Map()), 2e5],
      [records(UNUSUAL), 2e5],
    ] as const) {
      const stage = (options: Pick<LineSourceOptions, "kernels">): Transcoder =>
        grouped("id", { source: "in", ...options }, 60 * MEBIBYTE);
      const [expected, actual] = [made(stage, input, false), made(stage, input, true)];
      assert.deepEqual([expected.message, actual.message], ["", ""]);
      assert.ok(actual.output === expected.output, "other bytes");
      assert.ok(actual.carriedBytes > least && actual.carriedBytes < 2e6, `${actual.carriedBytes} bytes were carried`);
    }
  },
);

/** Rows with line feeds and quotes inside quotes, about 3 MB of them, with others at some places. */
function rows(others: ReadonlyMap<number, string>): Buffer {
  const text = (id: number): string => (id % 7 === 0 ? `"a\n""b"", ${id}\n"` : `é${"x".repeat(id % 83)}`);
  const lines = Array.from({ length: COUNT }, (_, id) => others.get(id) ?? `${id},${text(id)},${id / 8}`);
  return Buffer.from(`id,text,score\n${lines.join("\n")}\n`);
}

test("CSV: what is carried by threads is what the reference makes of it", { timeout, skip }, () => {
  const make = (options: Pick<LineSourceOptions, "kernels">): Transcoder => csvReader({ source: "in", ...options });
  const odd = rows(
    new Map([
      [20_000, '1,not"quoted,2\r'],
      [30_000, "2,a\n3,,"],
    ]),
  );
  for (const [input, message, least] of [
    [rows(new Map()), /^$/, 1.5e6],
    [rows(new Map([[20_000, '1,not"quoted,2\r']])), /^$/, 4e5],
    [odd, /in:\d+:\d+ .*|in:\d+/, 4e5],
    [Buffer.concat([rows(new Map()), Buffer.from('7,"never closed\n1,2,3\n')]), /never closed/, 1.5e6],
  ] as const) {
    const [expected, actual] = [made(make, input, false), made(make, input, true)];
    assert.match(expected.message, message);
    assert.equal(actual.message, expected.message);
    assert.ok(actual.output === expected.output, "other bytes");
    assert.ok(actual.carriedBytes > least, `${actual.carriedBytes} bytes were carried`);
  }
});

type Options = Pick<LineSourceOptions, "kernels">;
const csv = (options: Options): Transcoder => csvReader({ source: "in", ...options });
const ndjson = (options: Options): Transcoder => ndjsonReader({ source: "in", ...options });
const json = (options: Options): Transcoder => jsonWriter({ source: "in", ...options });
const select = (options: Options): Transcoder => filteredRecords(selection, { source: "in", ...options });
const rebuild = (options: Options): Transcoder => filteredRecords(rebuilt, { source: "in", ...options });
const group = (options: Options): Transcoder => grouped("text", { source: "in", ...options });
const countAll = (options: Options): Transcoder =>
  groupedRecords({ source: "in", by: [], aggregates: aggregateList("count"), memoryBytes: 256 * MEBIBYTE, ...options });
const teams = (options: Options): Transcoder => joined("left", { source: "in", ...options });
const cells = (options: Options): Transcoder => csvWriter({ source: "in", ...options });
const ODD_ROWS = new Map([
  [9_000, '1,"\\u0061",12345678901234567890.5'],
  [20_000, "2,,1e400"],
  [30_000, '3,"never\n""mind""",true'],
]);

for (const [name, links, input] of [
  ["CSV, filter", [csv, select], rows(ODD_ROWS)],
  ["CSV, filter, filter, JSON", [csv, select, rebuild, json], rows(ODD_ROWS)],
  ["CSV, JSON", [csv, json], rows(new Map())],
  ["CSV, filter, CSV", [csv, select, cells], rows(ODD_ROWS)],
  ["CSV, group", [csv, group], rows(ODD_ROWS)],
  ["CSV, count", [csv, countAll], rows(ODD_ROWS)],
  ["CSV, filter, group, JSON", [csv, select, group, json], rows(ODD_ROWS)],
  ["group, JSON, CSV", [(options) => grouped("name", { source: "in", ...options }), ndjson, cells], records(UNUSUAL)],
  ["CSV, join, group", [csv, teams, group], rows(ODD_ROWS)],
  ["CSV, filter, join, filter, JSON", [csv, select, teams, rebuild, json], rows(ODD_ROWS)],
  ["NDJSON, filter, JSON", [ndjson, select, json], records(UNUSUAL)],
  ["filter, filter", [rebuild, select], records(UNUSUAL)],
  ["NDJSON, two filters, NDJSON", [ndjson, rebuild, select, ndjson], records(UNUSUAL)],
] as readonly (readonly [string, readonly ((options: Options) => Transcoder)[], Buffer])[]) {
  test(
    `${name}, in one process: what threads carry through all is what the references make of it`,
    { timeout, skip },
    () => {
      const make = (options: Options): Transcoder => {
        const [first, ...rest] = links.map((link) => link(options));
        return chain(first!, ...rest);
      };
      const [expected, actual] = [made(make, input, false), made(make, input, true)];
      assert.deepEqual([expected.message, actual.message], ["", ""]);
      assert.ok(actual.output === expected.output, "other bytes");
      assert.ok(actual.carriedBytes > 4e5, `${actual.carriedBytes} bytes were carried`);
    },
  );
}

test(
  "in one process, a record that a later stage fails on has the reference's message, and those before it are out",
  { timeout, skip },
  () => {
    const failing = compileFilter(".score.at > 50");
    for (const links of [
      [csv, (options: Options): Transcoder => filteredRecords(failing, { source: "in", ...options }), json],
      [csv, json, csv],
    ]) {
      const make = (options: Options): Transcoder => {
        const [first, ...rest] = links.map((link) => link(options));
        return chain(first!, ...rest);
      };
      const input = rows(new Map([[35_000, "1,a,text"]]));
      const [expected, actual] = [made(make, input, false), made(make, input, true)];
      assert.notEqual(expected.message, "");
      assert.equal(actual.message, expected.message);
      assert.ok(actual.output === expected.output, "other records before the bad one");
    }
  },
);

test(
  "a row whose record is longer than what goes from one stage to the next at a time is not lost",
  { timeout, skip },
  () => {
    const long = "\u0001".repeat(200_000);
    const input = rows(
      new Map([
        [20_000, `1,${long},99`],
        [30_000, `2,"${long}",98`],
      ]),
    );
    const make = (options: Options): Transcoder => chain(csv(options), select(options), json(options));
    const [expected, actual] = [made(make, input, false), made(make, input, true)];
    assert.deepEqual([expected.message, actual.message], ["", ""]);
    assert.ok(actual.output === expected.output, "other bytes");
  },
);

test("long input from a pipe: both record backends write the same bytes", { timeout, skip }, async () => {
  writeFileSync(join(folder, "odd.ndjson"), records(UNUSUAL));
  const outputs = await Promise.all(
    ["node", "rust"].map(async (name) =>
      succeeded(
        await runShell("cat odd.ndjson odd.ndjson | jn filter '.score > 50' | jn cat | jn put -~json", {
          cwd: folder,
          env: { ...process.env, JN_BACKEND: name },
        }),
      ),
    ),
  );
  assert.ok(outputs[0]!.length > 1e6);
  assert.ok(outputs[0] === outputs[1], "other bytes");
});

const PIPELINE = "cat rows.csv | filter '.score > 50' | filter '{score, text}' | put";

test(
  "a pipeline in one process, carried by threads, writes what it writes without them",
  { timeout, skip },
  async () => {
    writeFileSync(join(folder, "rows.csv"), rows(ODD_ROWS));
    for (const target of ["out.json", "-~csv", "out.ndjson"]) {
      const outputs = await Promise.all(
        ["node", "rust"].map(async (name) => {
          const line = `jn run --processes one "${PIPELINE} ${target.replace("out", `${name}-out`)}"`;
          const output = succeeded(await runShell(line, { cwd: folder, env: { ...process.env, JN_BACKEND: name } }));
          return target === "-~csv" ? output : readFileSync(join(folder, `${name}-${target}`), "utf8");
        }),
      );
      assert.ok(outputs[0]!.length > 1e6);
      assert.ok(outputs[0] === outputs[1], `other bytes in ${target}`);
    }
  },
);

test(
  "a pipeline in one process: threads, too, tell which stage worked how long, and a failure is its stage's",
  { timeout, skip },
  async () => {
    writeFileSync(join(folder, "rows.csv"), rows(new Map()));
    const outcome = await runShell(`jn run --stats --processes one "${PIPELINE} -" > /dev/null`, { cwd: folder });
    assert.equal(outcome.status, 0);
    const { stages } = JSON.parse(outcome.stderr) as { stages: [{ parts: { stage: string; works: number }[] }] };
    assert.deepEqual(
      stages[0].parts.map(({ stage, works }) => [stage, works > 0]),
      [1, 2, 3, 4].map((number) => [`stage ${number}, ${["cat", "filter", "filter", "put"][number - 1]}`, true]),
    );
    const full = await runShell(`jn run --processes one "${PIPELINE} /dev/full~ndjson"`, { cwd: folder });
    assert.match(full.stderr, /^jn run: stage 4, put: cannot write .*no space/);
    writeFileSync(join(folder, "rows.csv"), rows(new Map([[35_000, "1,a"]])));
    const bad = await runShell(`jn run --processes one "${PIPELINE} out.json"`, { cwd: folder });
    assert.match(bad.stderr, /^jn run: stage 1, cat: rows\.csv:\d+:/);
  },
);

test("--stats counts what threads carry", { timeout, skip }, async () => {
  const input = records(new Map());
  const path = join(folder, "stats.ndjson");
  writeFileSync(path, input);
  const outcome = await runJn(["filter", "--stats", ".score >= 0", path]);
  assert.equal(outcome.status, 0);
  const { stages } = JSON.parse(outcome.stderr) as {
    stages: readonly { bytesIn: number; bytesOut: number; recordsAbout: number }[];
  };
  const { bytesIn, bytesOut, recordsAbout } = stages[0]!;
  assert.deepEqual([bytesIn, bytesOut], [input.length, input.length]);
  assert.ok(Math.abs(recordsAbout - COUNT) < COUNT / 10, `${recordsAbout} records`);
});

test("--max-record-bytes holds for long input, too", { timeout, skip }, async () => {
  const path = join(folder, "bounded.ndjson");
  writeFileSync(path, records(new Map([[35_000, `{"name":"${"x".repeat(5000)}"}`]])));
  const outcome = await runJn(["cat", "--max-record-bytes", "4000", path]);
  assert.equal(failed(outcome, 3, /longer than 4000 bytes/).split("\n").length, 35_001);
});
