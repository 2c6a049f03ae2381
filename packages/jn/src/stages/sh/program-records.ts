import { parseAddress } from "../../address/address.ts";
import { planReading } from "../../address/plan.ts";
import { openReader, type ReadContext } from "../../address/records-in.ts";
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
  const bytes = run(nothing());
  const wanted = format ?? CATALOGUE.get(program) ?? "lines";
  if (wanted === "columns") {
    yield* transcodingStage(columnsReader({ ...context, source: program }))(bytes);
    return;
  }
  const [plan] = await planReading(parseAddress(`-~${wanted}`), program);
  const reader = await openReader(plan!, 0, false, context, new Map(), undefined);
  yield* transcodingStage(reader.transcoder)(reader.before === undefined ? bytes : reader.before(bytes));
}

async function* nothing(): AsyncGenerator<Buffer, void, undefined> {
  // The program gets the end of input at once.
}
