import { ByteSink } from "@jn/wire";
import { parseAddress } from "../address/address.ts";
import { recordChunks } from "../address/record-chunks.ts";
import { joinOptions } from "../stages/join/join-settings.ts";
import { usageError } from "../jn-error.ts";
import { fieldList } from "../keys/field-list.ts";
import { SORT_BYTES } from "../runs/external-sort.ts";
import { firstRecords } from "../stages/first-records.ts";
import { lastRecords } from "../stages/last-records.ts";
import { transcodingStage } from "../streams/transcoding-stage.ts";
import { chunksOfSource, contextOf, nameOf, recordsOf, through } from "./records.ts";
import type {
  Edits,
  FilterOptions,
  GroupOptions,
  Inspection,
  InspectOptions,
  JoinOptions,
  LabelledSource,
  MergeOptions,
  ReadOptions,
  Records,
  RecordSource,
  SampleOptions,
  SchemaCondition,
  ShOptions,
  SortOptions,
  TableOptions,
  UniqOptions,
  WindowOptions,
} from "./types.ts";

/** The records of addresses, one after the other, as `jn cat` reads them. */
export function cat<T = unknown>(addresses: string | readonly string[], options: ReadOptions = {}): Records<T> {
  const parsed = (typeof addresses === "string" ? [addresses] : addresses).map(parseAddress);
  return recordsOf<T>(() => recordChunks(parsed, contextOf(options)));
}

/** Keeps, drops or changes records with a jq expression. @throws JnError `USAGE` for one that is wrong, when it is read */
export function filter<T = unknown>(source: RecordSource, expression: string, options: FilterOptions = {}): Records<T> {
  return through<T>(source, options, async (about) => {
    const { loadFilter } = await import("../filter/compiler/compile.ts");
    const { filteredRecords } = await import("../stages/filtered-records.ts");
    const { fromJson } = await import("../filter/builtins/types.ts");
    const variables = new Map(
      Object.entries(options.variables ?? {}).map(([name, value]) => [name, fromJson(JSON.stringify(value))]),
    );
    const results = options.values === true ? "values" : "records";
    return filteredRecords(await loadFilter(expression, { variables }), { ...about, results });
  });
}

/** The first records; nothing more is read. */
export function head<T = unknown>(source: RecordSource, count = 10, options: ReadOptions = {}): Records<T> {
  return through<T>(source, options, (about) => firstRecords(count, about));
}

/** The last records, which are held in memory. */
export function tail<T = unknown>(source: RecordSource, count = 10, options: ReadOptions = {}): Records<T> {
  return through<T>(source, options, (about) => lastRecords(count, { ...about, maxBytes: 512 * 1024 * 1024 }));
}

/** Records in order, as `jn sort` has it; beyond memory through a temporary file. */
export function sort<T = unknown>(source: RecordSource, options: SortOptions = {}): Records<T> {
  const { by, reverse: isReversed = false, numeric: isNumeric = false, memoryBytes = SORT_BYTES } = options;
  const fields = by === undefined ? [] : fieldList(by, "by", { signs: true });
  return through<T>(source, options, async (about) => {
    const { sortedRecords } = await import("../stages/sort/sorted-records.ts");
    return sortedRecords({ ...about, by: fields, isReversed, isNumeric, memoryBytes });
  });
}

/** The first record of each kind, as `jn uniq` has it. */
export function uniq<T = unknown>(source: RecordSource, options: UniqOptions = {}): Records<T> {
  const { by, adjacent: isAdjacent = false, memoryBytes = SORT_BYTES } = options;
  const fields = by === undefined ? [] : fieldList(by, "by");
  return through<T>(source, options, async (about) => {
    const { uniqueRecords } = await import("../stages/uniq/unique-records.ts");
    return uniqueRecords({ ...about, by: fields, isAdjacent, memoryBytes });
  });
}

/** A record for each group, as `jn group` has it. */
export function group<T = unknown>(source: RecordSource, options: GroupOptions = {}): Records<T> {
  const { by, agg = "count", memoryBytes = SORT_BYTES } = options;
  const fields = by === undefined ? [] : fieldList(by, "by");
  return through<T>(source, options, async (about) => {
    const { aggregateList } = await import("../aggregates/aggregate-list.ts");
    const { groupedRecords } = await import("../stages/group/grouped-records.ts");
    return groupedRecords({ ...about, by: fields, aggregates: aggregateList(agg), memoryBytes });
  });
}

/** Records joined with those of another source, as `jn join` has it. */
export function join<T = unknown>(left: RecordSource, right: RecordSource, options: JoinOptions): Records<T> {
  return through<T>(left, options, async (about, context) => {
    const { Join } = await import("../stages/join/join.ts");
    const joined = new Join(
      await joinOptions({ ...options, pick: options.pick, memoryBytes: options.memoryBytes ?? SORT_BYTES }),
    );
    const stage = joined.right({ ...about, source: typeof right === "string" ? right : "the right side" });
    const nowhere = new ByteSink(() => undefined);
    for await (const chunk of chunksOfSource(right, context)) stage.push(chunk, nowhere);
    stage.end(nowhere);
    return joined.left(about);
  });
}

/** Some records, at random: `count` of them at the end, or a part of them as they come. */
export function sample<T = unknown>(source: RecordSource, options: SampleOptions): Records<T> {
  const { count, rate, seed = Math.floor(Math.random() * 2 ** 32) } = options;
  if ((count === undefined) === (rate === undefined)) throw usageError("sample: say one of count and rate");
  return through<T>(source, options, async (about) => {
    const { recordsAtRate, reservoir } = await import("../stages/sample/sampled-records.ts");
    if (rate !== undefined) return recordsAtRate(rate, seed, about);
    return reservoir(count ?? 0, seed, { ...about, maxBytes: 512 * 1024 * 1024 });
  });
}

/** A record for each field: types, nulls, distinct values, range and quantiles, as `jn analyze` has it. */
export function analyze<T = unknown>(source: RecordSource, options: ReadOptions = {}): Records<T> {
  return through<T>(source, options, async (about, { warn }) => {
    const { analyzedRecords } = await import("../stages/analyze/analyzed-records.ts");
    return analyzedRecords({ ...about, maxFields: 2000, warn });
  });
}

/** The records of sources one after the other, each with where it is from, as `jn merge` has it. */
export function merge<T = unknown>(
  sources: readonly (RecordSource | LabelledSource)[],
  options: MergeOptions = {},
): Records<T> {
  return recordsOf<T>(async function* merged() {
    const { labelledRecords, labelsOf } = await import("../stages/merge/labelled-records.ts");
    const { mergeSources } = await import("../stages/merge/merge-sources.ts");
    const context = contextOf(options);
    const opened: (() => AsyncIterable<Buffer>)[] = [];
    for (const given of sources) {
      const { source, label } = isLabelled(given) ? given : { source: given, label: undefined };
      const add = (name: string, chunks: () => AsyncIterable<Buffer>): void => {
        const labels = labelsOf({ label, source: options.source === false ? undefined : name });
        const about = { ...context, source: name };
        opened.push(() => (labels.size === 0 ? chunks() : transcodingStage(labelledRecords(labels, about))(chunks())));
      };
      // All addresses are checked before anything is read.
      if (typeof source !== "string") add(nameOf(source), () => chunksOfSource(source, context));
      else
        for (const { address, name } of await mergeSources(source, label))
          add(name, () => recordChunks([address], context));
    }
    for (const open of opened) yield* open();
  });
}

/** Passes records on if all are right: by a condition in jq, or a JSON Schema, as `jn assert` does. */
export function assert<T = unknown>(
  source: RecordSource,
  right: string | SchemaCondition,
  options: ReadOptions = {},
): Records<T> {
  return through<T>(source, options, async (about) => {
    const { assertedRecords } = await import("../stages/assert/asserted-records.ts");
    const { conditionTest, schemaTest } = await import("../stages/assert/record-test.ts");
    const test = typeof right === "string" ? await conditionTest(right) : await schemaTest(right.schema);
    return assertedRecords(test, about);
  });
}

/** What records look like, of the first ones, as `jn inspect` has it. */
export async function inspect(source: RecordSource, options: InspectOptions = {}): Promise<Inspection> {
  const { inspectedRecords } = await import("../stages/inspect/inspected-records.ts");
  const { newShape, schemaOf, typeText } = await import("../stages/inspect/shape.ts");
  let shape = newShape();
  const shapes = through(source, options, (about) =>
    inspectedRecords(
      options.lines ?? 1000,
      (seen) => {
        shape = seen;
        return "";
      },
      about,
    ),
  );
  await shapes.toArray();
  return { schema: schemaOf(shape), typeScript: (name = "Row") => typeText(shape, name) };
}

/** Sets, deletes, merges and appends values in each record, as `jn edit` does. */
export function edit<T = unknown>(source: RecordSource, edits: Edits, options: ReadOptions = {}): Records<T> {
  return through<T>(source, options, async (about) => {
    const { editExpression } = await import("../stages/edit/edit-expression.ts");
    const { loadFilter } = await import("../filter/compiler/compile.ts");
    const { filteredRecords } = await import("../stages/filtered-records.ts");
    const pairs = (values: Readonly<Record<string, unknown>> = {}): readonly (readonly [string, string])[] =>
      Object.entries(values).map(([path, value]) => [path, jsonOf(path, value)]);
    const { text, variables } = editExpression({
      merges: edits.merge === undefined ? [] : [jsonOf("merge", edits.merge)],
      assignments: pairs(edits.set).map(([path, json]) => `${path}:=${json}`),
      appends: pairs(edits.append),
      prepends: pairs(edits.prepend),
      deletions: edits.delete ?? [],
    });
    return filteredRecords(await loadFilter(text, { variables }), { ...about, results: "values" });
  });
}

/** A record for each window, as `jn window` has it. */
export function window<T = unknown>(source: RecordSource, options: WindowOptions): Records<T> {
  return through<T>(source, options, async (about) => {
    const { windowOptions } = await import("../stages/window/window-settings.ts");
    const { windowedRecords } = await import("../stages/window/windowed-records.ts");
    const { size, every, time, agg } = options;
    const settings = { size: String(size), every: every === undefined ? undefined : String(every), time, agg };
    return windowedRecords({ ...about, ...windowOptions(settings) });
  });
}

/** What a program prints, as `jn sh` has it. No shell sees its arguments. */
export function sh<T = unknown>(program: string, args: readonly string[] = [], options: ShOptions = {}): Records<T> {
  return recordsOf<T>(async function* printed() {
    const { programRecords } = await import("../stages/sh/program-records.ts");
    yield* programRecords(program, args, options.format, contextOf(options));
  });
}

/** A table for people, as `jn table` has it, in pieces of whole lines. */
export async function* table(
  source: RecordSource,
  options: TableOptions = {},
): AsyncGenerator<string, void, undefined> {
  const { tableStage } = await import("../stages/table/table-stage.ts");
  const { style, width, columns, sample: sampled } = options;
  const chosen = { style, width: width?.toString(), columns: columns?.join(","), sample: sampled?.toString() };
  const context = contextOf(options);
  const stage = await tableStage(chosen, { ...context, name: nameOf(source) });
  for await (const piece of transcodingStage(stage)(chunksOfSource(source, context))) yield piece.toString();
}

function isLabelled(source: RecordSource | LabelledSource): source is LabelledSource {
  return typeof source === "object" && "source" in source;
}

/** @throws JnError `USAGE` for what has no JSON form */
function jsonOf(where: string, value: unknown): string {
  const json = JSON.stringify(value) as string | undefined;
  if (json === undefined) throw usageError(`edit: the value of ${where} (${typeof value}) has no JSON form`);
  return json;
}
