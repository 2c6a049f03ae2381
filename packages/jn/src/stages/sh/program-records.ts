import { parseAddress } from "../../address/address.ts";
import { planReading } from "../../address/plan.ts";
import { openReader, type ReadContext } from "../../address/records-in.ts";
import { collectGarbage } from "../../heap/engine.ts";
import { programStage } from "../../processes/program-stage.ts";
import { typedProgram } from "../../run/declared-programs.ts";
import { transcodingStage } from "../../streams/transcoding-stage.ts";
import { columnsReader } from "./columns.ts";

/** How programs print whose output is not lines of text. */
const CATALOGUE: ReadonlyMap<string, string> = new Map([
  ["df", "columns"],
  ["lsblk", "columns"],
  ["ps", "columns"],
]);

/**
 * What a program prints, as chunks of NDJSON. No shell sees its arguments; its standard input is empty.
 *
 * @param format the name of a format, or `columns`; undefined: what the program is known for, else lines
 * @throws JnError `BAD_DATA` when it fails, `USAGE` when there is no such program
 */
export async function* programRecords(
  program: string,
  args: readonly string[],
  format: string | undefined,
  context: ReadContext,
): AsyncGenerator<Buffer, void, undefined> {
  const run = programStage({
    program: typedProgram(program),
    args,
    name: program,
    missing: `there is no program '${program}' on the path`,
  });
  const bytes = collected(run(nothing()));
  const wanted = format ?? CATALOGUE.get(program) ?? "lines";
  if (wanted === "columns") {
    yield* transcodingStage(columnsReader({ ...context, source: program }))(bytes);
    return;
  }
  const [plan] = await planReading(parseAddress(`-~${wanted}`), program);
  const reader = await openReader(plan!, 0, false, context, new Map(), undefined);
  yield* transcodingStage(reader.transcoder)(reader.before === undefined ? bytes : reader.before(bytes));
}

/** The same chunks: each is memory of its own, and the engine, which sees only little objects, would let many of them lie about. */
async function* collected(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, undefined> {
  let bytes = 0;
  for await (const chunk of chunks) {
    yield chunk;
    bytes += chunk.length;
    if (bytes < COLLECTION_BYTES) continue;
    collectGarbage();
    bytes = 0;
  }
}

/** With 32 MiB, the interval of `HeapBound`, as much as that lay about. */
const COLLECTION_BYTES = 8 * 1024 * 1024;

async function* nothing(): AsyncGenerator<Buffer, void, undefined> {
  // The program gets the end of input at once.
}
