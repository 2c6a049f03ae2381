import { ByteSink, pumpChunks } from "@jn/wire";
import { type EndedOutlet, type RecordOutlet, recordOutlet } from "../../address/record-outlet.ts";
import { discardingOnFailure } from "../../address/records-out.ts";
import { collectGarbage } from "../../heap/engine.ts";
import { usageError } from "../../jn-error.ts";
import type { Field } from "../../keys/field-list.ts";
import type { PluginContext } from "../../plugins/plugin.ts";
import { splitRecords } from "./split-records.ts";

export interface SplitFilesOptions {
  readonly by: readonly Field[];
  /** How many records a file gets, where there are no fields to split by. */
  readonly count: number;
  /** More files than these are an error. */
  readonly mostFiles: number;
}

/** Most files when nothing else is said: all of them are open at the same time. */
export const MOST_FILES = 500;

/**
 * Writes records to several files, which appear when all is written; if anything fails, all stay as they were.
 *
 * @param pattern their address, with `{}` where they differ
 * @param input NDJSON
 * @returns the paths of the files
 * @throws JnError, WireError
 */
export async function splitInto(
  pattern: string,
  options: SplitFilesOptions,
  context: Omit<PluginContext, "name">,
  input: AsyncIterable<Buffer>,
): Promise<readonly string[]> {
  if (!pattern.includes("{}")) throw usageError(`${pattern}: {} must stand where the names of the files differ`);
  const files: Files = { complete: [], open: new Map() };
  await discardingOnFailure({ [Symbol.iterator]: () => outletsOf(files).values() }, async () => {
    await writeTo(files, pattern, options, context, input);
    await endOpen(files);
    for (const file of files.complete) file.commit();
  });
  return files.complete.map(({ path }) => path);
}

/** The files in the order in which they were begun.  */
interface Files {
  readonly complete: EndedOutlet[];
  readonly open: Map<string, RecordOutlet>;
}

function outletsOf({ complete, open }: Files): readonly EndedOutlet[] {
  return [...complete, ...open.values()];
}

async function endOpen({ complete, open }: Files): Promise<void> {
  for (const [part, outlet] of open) {
    complete.push(await outlet.end());
    open.delete(part);
    // What a writer leaves is no part of the engine's heap, so that the engine sees no reason to look for it.
    if (complete.length % FILES_PER_COLLECTION === 0) collectGarbage();
  }
}

const FILES_PER_COLLECTION = 32;

async function writeTo(
  files: Files,
  pattern: string,
  { by, count, mostFiles }: SplitFilesOptions,
  context: Omit<PluginContext, "name">,
  input: AsyncIterable<Buffer>,
): Promise<void> {
  /** Records of parts whose files are not open yet. */
  const waiting: (readonly [part: string, line: Buffer])[] = [];
  const stage = splitRecords({
    ...context,
    source: "standard input",
    by,
    count,
    put(part, line) {
      const outlet = files.open.get(part);
      if (outlet === undefined || waiting.length > 0) waiting.push([part, Buffer.from(line)]);
      else outlet.push(line);
    },
  });
  const settle = async (): Promise<void> => {
    for (const [part, line] of waiting) {
      let outlet = files.open.get(part);
      if (outlet === undefined) {
        if (outletsOf(files).length === mostFiles)
          throw usageError(`that makes more than ${mostFiles} files; make them larger, or raise --max-files`);
        // Pieces come one after the other: the one before is complete.
        if (by.length === 0) await endOpen(files);
        outlet = await recordOutlet(pattern.replaceAll("{}", part), context, { makesFolder: true });
        files.open.set(part, outlet);
      }
      outlet.push(line);
    }
    waiting.length = 0;
  };
  async function* settled(): AsyncGenerator<Buffer, void, undefined> {
    for await (const chunk of input) {
      yield chunk;
      await settle();
    }
  }
  await pumpChunks(settled(), stage, new ByteSink(() => undefined));
  await settle();
}
