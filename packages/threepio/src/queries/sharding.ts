/**
 * Files in as many shards as wanted, of about the same duration: the longest file goes first, each to the shard that has least so far
 * (longest processing time first: Graham, 1969; at most 4/3 of the best). Files that never ran take the median.
 *
 * @param durations ms by file
 * @returns the number of the shard of each file, from 0; the same for the same arguments, whatever the order of the files
 */
export function shardsOf(
  files: readonly string[],
  durations: ReadonlyMap<string, number>,
  shards: number,
): ReadonlyMap<string, number> {
  const known = files.flatMap((file) => durations.get(file) ?? []).toSorted((left, right) => left - right);
  const median = known[known.length >> 1] ?? 1;
  const timed = files
    .map((file) => ({ file, ms: durations.get(file) ?? median }))
    .toSorted((left, right) => right.ms - left.ms || (left.file < right.file ? -1 : 1));
  const loads = Array.from({ length: shards }, () => 0);
  const shardOf = new Map<string, number>();
  for (const { file, ms } of timed) {
    const least = loads.indexOf(Math.min(...loads));
    // Without any duration, files still have to be spread.
    loads[least]! += Math.max(ms, LEAST_MS);
    shardOf.set(file, least);
  }
  return shardOf;
}

const LEAST_MS = 0.001;
