import assert from "node:assert/strict";
import { loadNative, type RecordKernels } from "@cuprum/native";
import { ByteSink, type Transcoder } from "@jn/wire";
import type { CompiledFilter } from "../../src/filter/compiler/compile.ts";
import { csvReader as makeCsvReader, type CsvReaderOptions } from "../../src/formats/csv/csv-reader.ts";
import { csvWriter as makeCsvWriter, type CsvWriterOptions } from "../../src/formats/csv/csv-writer.ts";
import { jsonReader as makeJsonReader, type JsonReaderOptions } from "../../src/formats/json/json-reader.ts";
import { jsonWriter as makeJsonWriter, type JsonWriterOptions } from "../../src/formats/json/json-writer.ts";
import { ndjsonReader as makeNdjsonReader } from "../../src/formats/ndjson/ndjson-reader.ts";
import type { LineSourceOptions } from "../../src/formats/ndjson/record-lines.ts";
import {
  filteredRecords as makeFilteredRecords,
  type FilteredRecordsOptions,
} from "../../src/stages/filtered-records.ts";

const load = loadNative();
if (!load.available && process.env["REQUIRE_NATIVE"] === "1")
  throw new Error(`REQUIRE_NATIVE=1, and there is no native module: ${load.reason}`);

/** The kernels from the first byte on; undefined where there is no native module. */
const native = load.available ? load.module.recordKernels() : undefined;
const kernels: (() => RecordKernels) | undefined = native && (() => native);

/** The CSV reader, with the native rows beside it. */
export function csvReader(options: CsvReaderOptions): Transcoder {
  const reference = makeCsvReader(options);
  return kernels === undefined ? reference : paired(reference, makeCsvReader({ ...options, warn: undefined, kernels }));
}

/** The NDJSON reader, with the native one beside it. */
export function ndjsonReader(options: LineSourceOptions): Transcoder {
  return withKernels(makeNdjsonReader, options);
}

/** The JSON reader, with the native elements beside it. */
export function jsonReader(options: JsonReaderOptions): Transcoder {
  return withKernels(makeJsonReader, options);
}

/** The CSV writer, with the native one beside it. */
export function csvWriter(options: CsvWriterOptions): Transcoder {
  return withKernels(makeCsvWriter, options);
}

/** The JSON writer, with the native one beside it. */
export function jsonWriter(options: JsonWriterOptions): Transcoder {
  return withKernels(makeJsonWriter, options);
}

/** A filter of records, with the native one beside it. */
export function filteredRecords(filter: CompiledFilter, options: FilteredRecordsOptions): Transcoder {
  return withKernels((all) => makeFilteredRecords(filter, all), options);
}

function withKernels<Options extends JsonReaderOptions>(
  make: (options: Options) => Transcoder,
  options: Options,
): Transcoder {
  return kernels === undefined ? make(options) : paired(make(options), make({ ...options, kernels }));
}

/**
 * The reference, and beside it the implementation with native loops, which has to write the same bytes and fail with the same error
 * at every single step.
 */
function paired(reference: Transcoder, native: Transcoder): Transcoder {
  const [expecting, acting] = [new Side(reference), new Side(native)];
  const step = (work: (transcoder: Transcoder, sink: ByteSink) => void, out: ByteSink): void => {
    const [expected, actual] = [expecting.outcome(work), acting.outcome(work)];
    assert.equal(actual.error?.message, expected.error?.message, "rust backend: the error");
    assert.ok(
      actual.output.equals(expected.output),
      `rust backend: the output is\n${actual.output.toString()}\nand not\n${expected.output.toString()}`,
    );
    assert.equal(native.finished, reference.finished, "rust backend: whether it is finished");
    out.append(expected.output, 0, expected.output.length);
    out.commit();
    if (expected.error !== undefined) throw expected.error;
  };
  return {
    push(chunk, out) {
      step((transcoder, sink) => transcoder.push(chunk, sink), out);
    },
    end(out) {
      step((transcoder, sink) => transcoder.end(sink), out);
    },
    get finished() {
      return reference.finished === true;
    },
  };
}

/** A transcoder and what comes out of it at each step. */
class Side {
  readonly #transcoder: Transcoder;
  #pieces: Buffer[] = [];
  readonly #sink = new ByteSink((bytes, start, end) => this.#pieces.push(Buffer.from(bytes.subarray(start, end))));

  constructor(transcoder: Transcoder) {
    this.#transcoder = transcoder;
  }

  outcome(work: (transcoder: Transcoder, sink: ByteSink) => void): {
    readonly output: Buffer;
    readonly error: Error | undefined;
  } {
    let error: Error | undefined;
    try {
      work(this.#transcoder, this.#sink);
    } catch (thrown) {
      if (!(thrown instanceof Error)) throw thrown;
      error = thrown;
    }
    this.#sink.flush();
    const output = Buffer.concat(this.#pieces);
    this.#pieces = [];
    return { output, error };
  }
}
