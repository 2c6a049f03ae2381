import { ByteSink } from "@jn/wire";
import { requireShort } from "../formats/record-length.ts";
import { JnError } from "../jn-error.ts";
import { parseValue } from "../json/parse-value.ts";
import { checkRecord } from "../json/record-check.ts";
import { valueText } from "../json/value-text.ts";
import { recordLines } from "../formats/ndjson/record-lines.ts";
import type { PluginContext } from "../plugins/plugin.ts";
import { steadyHeap } from "../heap/steady-heap.ts";

/**
 * Values as NDJSON, in pieces of some size. What a library throws becomes an error that names the source.
 *
 * @throws WireError `RECORD_TOO_LONG`
 */
export async function* linesOf(
  values: AsyncIterable<unknown> | Iterable<unknown>,
  { name: source, maxRecordBytes }: Pick<PluginContext, "name" | "maxRecordBytes">,
): AsyncGenerator<Buffer, void, undefined> {
  const passed = steadyHeap();
  let text = "";
  try {
    for await (const value of values) {
      const record = valueText(value);
      requireShort(record, source, maxRecordBytes);
      text += `${record}\n`;
      if (text.length < PIECE_CHARACTERS) continue;
      passed(text.length);
      yield Buffer.from(text);
      text = "";
    }
  } catch (error) {
    if (text !== "") yield Buffer.from(text);
    if (!(error instanceof Error) || error.name === "JnError" || error.name === "WireError") throw error;
    throw new JnError("BAD_DATA", `${source}: ${error.message}`, { cause: error });
  }
  if (text !== "") yield Buffer.from(text);
}

/** NDJSON as values, with the number of the line. */
export async function* valuesOf(
  input: AsyncIterable<Buffer>,
  { name: source, maxRecordBytes, bad }: PluginContext,
): AsyncGenerator<readonly [value: unknown, line: number], void, undefined> {
  const passed = steadyHeap();
  let values: (readonly [unknown, number])[] = [];
  const sink = new ByteSink(() => undefined);
  const reader = recordLines({ source, maxRecordBytes, bad }, (position) => ({
    record(bytes, lineStart, start) {
      const end = checkRecord(bytes, lineStart, start, position);
      values.push([parseValue(bytes.toString("utf8", start, end)), position.line]);
      return end;
    },
  }));
  const taken = (): readonly (readonly [unknown, number])[] => {
    const all = values;
    values = [];
    return all;
  };
  for await (const chunk of input) {
    passed(chunk.length);
    reader.push(chunk, sink);
    yield* taken();
  }
  reader.end(sink);
  yield* taken();
}

const PIECE_CHARACTERS = 64 * 1024;
