import assert from "node:assert/strict";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { loadNative, type RecordKernels } from "@cuprum/native";
import {
  type CarriedFlow,
  chain,
  descriptorSink,
  flowMeter,
  type FlowMeter,
  pump,
  readDescriptor,
  type Source,
  type Transcoder,
  useFlowMeter,
} from "@jn/wire";
import fc from "fast-check";
import type { RawRecord } from "../src/bad-records/bad-records.ts";
import { compileFilter } from "../src/filter/compiler/compile.ts";
import { csvReader } from "../src/formats/csv/csv-reader.ts";
import { csvWriter } from "../src/formats/csv/csv-writer.ts";
import { jsonWriter } from "../src/formats/json/json-writer.ts";
import type { LineSourceOptions } from "../src/formats/ndjson/record-lines.ts";
import { ndjsonReader } from "../src/formats/ndjson/ndjson-reader.ts";
import { filteredRecords } from "../src/stages/filtered-records.ts";

// Threads that take chunks of a few bytes, against the readers in TypeScript: every place is cut, and at every place it is handed over.

const load = loadNative();
const skip = load.available || process.env["REQUIRE_NATIVE"] === "1" ? false : `no native module: ${load.reason}`;
const HEAVY = process.env["JN_TEST_HEAVY"] === "1";
const timeout = HEAVY ? 1_800_000 : 300_000;
const numRuns = HEAVY ? 2000 : 80;
const folder = mkdtempSync(join(tmpdir(), "jn-jobs-"));
after(() => rmSync(folder, { recursive: true, force: true }));

/** What can be seen of a run. */
interface Seen {
  readonly output: string;
  readonly message: string;
  /** Records that were put aside: the byte, the text, and why. */
  readonly bad: readonly (readonly [byte: number | undefined, text: string, message: string])[];
  readonly bytesIn: number;
  readonly bytesOut: number;
}

type Options = LineSourceOptions;
type Make = (options: Options) => Transcoder;

/** Does the work from file to file, reading so many bytes at a time; with kernels, these go on from there. */
function seen(make: Make, input: Buffer, readBytes: number, keepsBad: boolean, kernels?: RecordKernels): Seen {
  const [from, to] = [join(folder, "in"), join(folder, "out")];
  writeFileSync(from, input);
  const [source, fd] = [smallReads(from, readBytes), openSync(to, "w")];
  const bad: [number | undefined, string, string][] = [];
  const take = (error: unknown, { bytes, start, end, byte }: RawRecord): void => {
    bad.push([byte, bytes.toString("latin1", start, end), String(error)]);
  };
  const meter = new Counter();
  useFlowMeter(meter);
  let message = "";
  try {
    const options = { source: "in", kernels: kernels && (() => kernels), bad: keepsBad ? { take } : undefined };
    pump(source, make(options), descriptorSink(fd, "out"));
  } catch (error) {
    message = String(error);
  } finally {
    useFlowMeter(undefined);
    source.close();
    closeSync(fd);
  }
  carriedBytes += meter.carriedBytes;
  return { output: readFileSync(to, "latin1"), message, bad, bytesIn: meter.bytesIn, bytesOut: meter.bytesOut };
}

let carriedBytes = 0;

/** Counts what is metered. */
class Counter implements FlowMeter {
  bytesIn = 0;
  bytesOut = 0;
  carriedBytes = 0;
  expect(): void {
    // It is not asked how much there is.
  }
  waits(): void {
    // Nor how long it was waited.
  }
  read(_bytes: Uint8Array, count: number): void {
    this.bytesIn += count;
  }
  written(_bytes: Uint8Array, start: number, end: number): void {
    this.bytesOut += end - start;
  }
  carried({ bytesRead, bytesWritten }: CarriedFlow): void {
    this.bytesIn += bytesRead;
    this.bytesOut += bytesWritten;
    this.carriedBytes += bytesWritten;
  }
}

/** A source that never seems to pause. */
function smallReads(path: string, bytes: number): Source {
  const fd = openSync(path, "r");
  const buffer = Buffer.alloc(bytes);
  return {
    name: path,
    fd,
    paused: false,
    read() {
      const count = readDescriptor(fd, path, buffer, 0, bytes);
      flowMeter()?.read(buffer, count, 0);
      return count === 0 ? undefined : buffer.subarray(0, count);
    },
    close: () => closeSync(fd),
  };
}

const sharing = fc.record({
  threads: fc.constantFrom(1, 2, 3, 5),
  chunkBytes: fc.constantFrom(1, 7, 20, 33, 50, 90, 120, 300, 700, 256 * 1024),
});
const readBytes = fc.constantFrom(1, 5, 40);

/** What a text is put together of: what is usual, and now and then what is not. */
function texts(usual: readonly string[], unusual: readonly string[], rare: number): fc.Arbitrary<string> {
  const piece = fc.oneof(
    { arbitrary: fc.constantFrom(...usual), weight: rare },
    { arbitrary: fc.constantFrom(...unusual), weight: 1 },
  );
  return fc.array(piece, { minLength: 30, maxLength: 90, size: "max" }).map((pieces) => pieces.join(""));
}

const LONG = "long ".repeat(60);
const USUAL_ROWS = [
  "1,a,2.5\n",
  "2,é,\n",
  "3,b,-0.25\r\n",
  '4,"in, quotes",1\n',
  '5,"two\nlines",1\n',
  '6,"said ""so""",7\n',
  '7,"\n\n"",""\r\n",true\n',
  "8,,90\n",
];
const ODD_ROWS = [
  '9,a"b,1\n',
  '10,"a",95\r',
  '11,a""b,1\n',
  "\n",
  "\r\n",
  "# no, a, comment\n",
  '12,"DEL \x7f \\ \u0001",1e400\n',
  "13,12345678901234567890,00.5\n",
  `14,${LONG},1\n`,
  `15,"${LONG}\n""${LONG}",99\n`,
];
const BAD_ROWS = ["16,short\n", "17,much,too,long\n", '18,"x"y,1\n', "19,\xff,1\n", '20,"\xc3\n",1\n'];
const ENDS = ["", "", "", "21,no,51", "22,", '23,"closed",1', '24,"never closed,1\n', "\xc3"];

const USUAL_RECORDS = [
  '{"id":1,"score":51,"name":"a"}\n',
  '{"id":2,"score":9,"name":"é \\n \\" \\\\"}\n',
  '{"id":3,"score":99.5,"name":null}\n',
  '{"id":5,"score":true,"name":{}}\n',
];
const ODD_RECORDS = [
  '{"sc\\u006fre":60,"id":1,"name":"\\/"}\n',
  '{"id":6,"score":12345678901234567890,"name":"\x7f \\n"}\n',
  '{"name":null,"score":99.5,"id":3}\n',
  '{"id": 4 , "score" : 7e1, "name":[1,{"x":2}]}\n',
  '  {"id":7,"score":70,"name":1.0}  \r\n',
  "\n",
  "   \n",
  '{"id":8,"id":9,"score":80,"name":"twice"}\n',
  `{"id":9,"score":81,"name":"${LONG}"}\n`,
];
const BAD_RECORDS = ['{"id":\n', "nope\n", '{"id":1}}\n', '{"name":"\xff"}\n', '{"name":"\u0001"}\n', "[1,]\n"];
const RECORD_ENDS = ["", '{"id":10,"score":52,"name":"no end"}', '{"cut":', "\xe9", "  "];

const selection = compileFilter(".score > 50");
const rebuilt = compileFilter("{score, id, name}");
const select: Make = (options) => filteredRecords(selection, options);
const rebuild: Make = (options) => filteredRecords(rebuilt, options);
const json: Make = (options) => jsonWriter(options);
const cells: Make = (options) => csvWriter(options);
const csv: Make = (options) => csvReader(options);
const lax: Make = (options) => csvReader({ ...options, ragged: "fill", comment: "#", infer: false });
const unquoted: Make = (options) => csvReader({ ...options, quote: "none", ragged: "fill" });
const linked =
  (...links: readonly Make[]): Make =>
  (options) => {
    const [first, ...rest] = links.map((link) => link(options));
    return chain(first!, ...rest);
  };

const CSV_WORK: readonly (readonly [name: string, make: Make])[] = [
  ["CSV", csv],
  ["CSV, filled up, with comments, of strings", lax],
  ["CSV without quotes", unquoted],
  ["CSV, filter", linked(csv, select)],
  ["CSV, filter, filter, JSON", linked(csv, rebuild, select, json)],
  ["CSV, CSV", linked(csv, cells)],
];
const NDJSON_WORK: readonly (readonly [name: string, make: Make])[] = [
  ["NDJSON", ndjsonReader],
  ["filter, selecting", select],
  ["filter, rebuilding", rebuild],
  ["NDJSON to JSON", json],
  ["NDJSON to CSV", cells],
  ["filter, filter, JSON", linked(rebuild, select, json)],
];

for (const [name, make] of CSV_WORK) {
  const text = fc.oneof(
    texts(USUAL_ROWS, ODD_ROWS, 12),
    texts(USUAL_ROWS, ODD_ROWS, 2),
    texts(USUAL_ROWS, USUAL_ROWS, 1),
    texts(USUAL_ROWS, [...ODD_ROWS, ...BAD_ROWS], 20),
  );
  const input = fc
    .tuple(fc.constantFrom("", "", "\xef\xbb\xbf"), text, fc.constantFrom(...ENDS))
    .map(([bom, rows, end]) => bytesOf(`${bom}id,name,score\n${rows}${end}`));
  isTheSame(name, make, input, fc.constant(false));
}

for (const [name, make] of NDJSON_WORK) {
  const text = fc.oneof(
    texts(USUAL_RECORDS, ODD_RECORDS, 12),
    texts(USUAL_RECORDS, ODD_RECORDS, 2),
    texts(USUAL_RECORDS, USUAL_RECORDS, 1),
    texts(USUAL_RECORDS, [...ODD_RECORDS, ...BAD_RECORDS], 20),
  );
  const input = fc
    .tuple(fc.constantFrom("", "", "\xef\xbb\xbf"), text, fc.constantFrom(...RECORD_ENDS))
    .map(([bom, lines, end]) => bytesOf(`${bom}${lines}${end}`));
  isTheSame(name, make, input, fc.boolean());
}

/** The text, each of whose characters up to U+00FF that stands for a byte of no UTF-8 is that byte, and `é` is two. */
function bytesOf(text: string): Buffer {
  return Buffer.from(text.replaceAll("é", "\xc3\xa9"), "latin1");
}

function isTheSame(name: string, make: Make, inputs: fc.Arbitrary<Buffer>, keepsBad: fc.Arbitrary<boolean>): void {
  test(
    `${name}: any number of threads, with chunks of any size, does what the reference does`,
    { timeout, skip },
    () => {
      carriedBytes = 0;
      let errors = 0;
      fc.assert(
        fc.property(inputs, readBytes, sharing, keepsBad, (input, bytes, options, keeps) => {
          assert.ok(load.available);
          const expected = seen(make, input, bytes, keeps);
          const actual = seen(make, input, bytes, keeps, load.module.recordKernels(options));
          assert.equal(actual.message, expected.message);
          assert.equal(actual.output, expected.output);
          assert.deepEqual(actual.bad, expected.bad);
          assert.equal(actual.bytesOut, expected.bytesOut);
          // Up to an error threads may have read further.
          if (expected.message === "") assert.equal(actual.bytesIn, expected.bytesIn);
          else errors++;
        }),
        { numRuns, includeErrorInReport: true },
      );
      assert.ok(carriedBytes > 50 * numRuns, `${carriedBytes} bytes were written by threads`);
      assert.ok(errors > numRuns / 20 && errors < 0.75 * numRuns, `${errors} runs ended with an error`);
    },
  );
}
