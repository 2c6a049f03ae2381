import assert from "node:assert/strict";
import { loadNative, type RecordKernels } from "@cuprum/native";
import { ByteSink, type Transcoder } from "@jn/wire";
import { csvReader as makeCsvReader, type CsvReaderOptions } from "../../src/formats/csv/csv-reader.ts";

const load = loadNative();
if (!load.available && process.env["REQUIRE_NATIVE"] === "1")
  throw new Error(`REQUIRE_NATIVE=1, and there is no native module: ${load.reason}`);

/** The kernels from the first byte on; undefined where there is no native module. */
const kernels: (() => RecordKernels) | undefined = load.available ? () => load.module.records : undefined;

/** The CSV reader, with the native rows beside it. */
export function csvReader(options: CsvReaderOptions): Transcoder {
  const reference = makeCsvReader(options);
  return kernels === undefined ? reference : paired(reference, makeCsvReader({ ...options, warn: undefined, kernels }));
}

/**
 * The reference, and beside it the implementation with native loops, which has to write the same bytes and fail with the same error
 * at every single step.
 */
function paired(reference: Transcoder, native: Transcoder): Transcoder {
  const step = (work: (transcoder: Transcoder, sink: ByteSink) => void, out: ByteSink): void => {
    const [expected, actual] = [outcome(reference, work), outcome(native, work)];
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

interface StepOutcome {
  readonly output: Buffer;
  readonly error: Error | undefined;
}

function outcome(transcoder: Transcoder, work: (transcoder: Transcoder, sink: ByteSink) => void): StepOutcome {
  const pieces: Buffer[] = [];
  const sink = new ByteSink((bytes, start, end) => pieces.push(Buffer.from(bytes.subarray(start, end))));
  let error: Error | undefined;
  try {
    work(transcoder, sink);
  } catch (thrown) {
    if (!(thrown instanceof Error)) throw thrown;
    error = thrown;
  }
  sink.flush();
  return { output: Buffer.concat(pieces), error };
}
