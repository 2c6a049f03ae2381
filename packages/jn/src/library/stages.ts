import { MAX_RECORD_BYTES, ByteSink } from "@jn/wire";
import { parseAddress } from "../address/address.ts";
import { recordChunks } from "../address/record-chunks.ts";
import { writeRecordsTo } from "../address/records-out.ts";
import { joinOptions } from "../stages/join/join-settings.ts";
import { usageError } from "../jn-error.ts";
import { fieldList } from "../keys/field-list.ts";
import { SORT_BYTES } from "../runs/external-sort.ts";
import { firstRecords } from "../stages/first-records.ts";
import { lastRecords } from "../stages/last-records.ts";
import { chunksOfSource, contextOf, recordsOf, through } from "./records.ts";
import type {
  FilterOptions,
  GroupOptions,
  JoinOptions,
  PutOptions,
  ReadOptions,
  Records,
  RecordSource,
  SampleOptions,
  SortOptions,
  UniqOptions,
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

/** Writes records to an address, as `jn put` does: a file appears complete, or stays as it was. */
export async function put(source: RecordSource, address: string, options: PutOptions = {}): Promise<void> {
  const context = contextOf({ maxRecordBytes: MAX_RECORD_BYTES, ...options });
  await writeRecordsTo(parseAddress(address), context, chunksOfSource(source, context));
}
