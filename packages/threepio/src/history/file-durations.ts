import type { Database } from "node-sqlite3-wasm";

/** How long each file took when it last ran, ms. */
export function fileDurations(database: Database): ReadonlyMap<string, number> {
  // SQLite takes the other columns from the row that has the maximum.
  const rows = database.all("SELECT file, ms, max(run) FROM files GROUP BY file");
  return new Map((rows as unknown as readonly { file: string; ms: number }[]).map(({ file, ms }) => [file, ms]));
}
