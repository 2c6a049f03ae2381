import { closeSync, mkdtempSync, openSync, readSync, rmdirSync, unlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ByteSink, descriptorSink, ioError, READ_BYTES, readBuffer, type Transcoder } from "@jn/wire";
import { badData } from "../../jn-error.ts";
import { eachKey } from "../../json/object-keys.ts";
import { checkRecord } from "../../json/record-check.ts";
import { recordLines } from "../ndjson/record-lines.ts";
import { RecordRun } from "../ndjson/record-run.ts";
import { type CsvWriterOptions, csvWriter, requireObject } from "./csv-writer.ts";

/**
 * NDJSON objects to CSV with every key that any record has, in the order of first appearance.
 *
 * Takes two passes: the records wait in a temporary file (in `TMPDIR`, as large as the input, gone even after a kill) until
 * the last one has named its keys. Memory holds the set of keys.
 *
 * @throws JnError `BAD_DATA`, WireError `IO` when the temporary file cannot be written
 */
export function csvUnionWriter(options: CsvWriterOptions): Transcoder {
  const spill = new SpillFile();
  const columns = new Set<string>();
  return recordLines(options, (position) => {
    const run = new RecordRun();
    let hasRecords = false;
    return {
      record(bytes, lineStart, start) {
        const end = checkRecord(bytes, lineStart, start, position);
        requireObject(bytes, start, position);
        eachKey(bytes, start, (key) => columns.add(key));
        run.add(bytes, start, end, spill.sink);
        hasRecords = true;
        return end;
      },
      endOfLines(bytes) {
        run.end(bytes, spill.sink);
      },
      finish(out) {
        if (columns.size === 0 && hasRecords) {
          throw badData({ ...position }, "no record has a key to name columns by; name them with ?columns=a,b");
        }
        const writer = csvWriter({ ...options, columns: [...columns] });
        if (columns.size > 0) spill.replay(writer, out);
      },
    };
  });
}

/** Bytes written once and read back once, in a file without a name. */
class SpillFile {
  readonly sink: ByteSink;
  readonly #fd: number;

  constructor() {
    this.#fd = openNameless();
    this.sink = descriptorSink(this.#fd, "the temporary file");
  }

  replay(transcoder: Transcoder, out: ByteSink): void {
    this.sink.flush();
    const buffer = readBuffer(READ_BYTES);
    for (let offset = 0; ;) {
      const count = readSync(this.#fd, buffer, 0, READ_BYTES, offset);
      if (count === 0) break;
      offset += count;
      transcoder.push(buffer.subarray(0, count), out);
    }
    transcoder.end(out);
    closeSync(this.#fd);
  }
}

function openNameless(): number {
  try {
    const folder = mkdtempSync(join(tmpdir(), "jn-"));
    const path = join(folder, "spill");
    const fd = openSync(path, "wx+", 0o600);
    unlinkSync(path);
    rmdirSync(folder);
    return fd;
  } catch (error) {
    throw ioError("create a temporary file in", tmpdir(), error);
  }
}
