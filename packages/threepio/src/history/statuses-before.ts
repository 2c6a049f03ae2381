import type { Database } from "node-sqlite3-wasm";

/** What became of a test in the runs before a run: its statuses, the oldest first, at most `limit`. */
export function statusesBefore(database: Database, run: string, limit: number): (id: string) => readonly string[] {
  return (id) => {
    const rows = database.all(
      "SELECT v.status AS status FROM verdicts v JOIN runs r ON r.run = v.run " +
        "WHERE v.test = (SELECT test FROM tests WHERE id = ?) AND r.id < ? ORDER BY r.id DESC LIMIT ?",
      [id, run, limit],
    );
    return rows.map((row) => row["status"] as string).toReversed();
  };
}
