import sqlite, { type Database } from "node-sqlite3-wasm";
import { JnError, usageError } from "../../jn-error.ts";
import type { Bytes, ByteStage, PluginContext } from "../../plugins/plugin.ts";
import { spooled } from "../../streams/spool.ts";
import { linesOf } from "../../streams/values.ts";

export interface SqliteReaderOptions {
  readonly table?: string | undefined;
  readonly query?: string | undefined;
}

/**
 * The rows of a table or query, one at a time. The file is opened for reading only. Integers keep their digits, blobs become base64.
 *
 * @throws JnError `BAD_DATA` with SQLite's message
 */
export function sqliteReader({ name }: PluginContext, options: SqliteReaderOptions): ByteStage {
  if (options.table !== undefined && options.query !== undefined)
    throw usageError(`${name}: ?table= and ?query= exclude each other`);
  return (input) => linesOf(rows(input, name, options), name);
}

async function* rows(
  input: Bytes,
  name: string,
  options: SqliteReaderOptions,
): AsyncGenerator<unknown, void, undefined> {
  const spool = await spooled(input);
  try {
    const database = new sqlite.Database(spool.path, { readOnly: true, fileMustExist: true });
    try {
      const query = options.query ?? `SELECT * FROM ${quoted(options.table ?? onlyTable(database, name))}`;
      const statement = database.prepare(query);
      try {
        yield* statement.iterate();
      } finally {
        statement.finalize();
      }
    } finally {
      database.close();
    }
  } finally {
    spool.remove();
  }
}

function onlyTable(database: Database, name: string): string {
  const found = database.all(
    "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%' ORDER BY name",
  );
  const names = found.map((row) => ("name" in row && typeof row["name"] === "string" ? row["name"] : ""));
  if (names.length === 1) return names[0]!;
  if (names.length === 0) throw new JnError("BAD_DATA", `${name}: the database has no table`);
  throw new JnError("BAD_DATA", `${name}: choose one of its tables with ?table=; there are: ${names.join(", ")}`);
}

function quoted(identifier: string): string {
  return `"${identifier.replaceAll('"', '""')}"`;
}
