import sqlite, { type Database } from "node-sqlite3-wasm";
import { JnError, usageError } from "../../jn-error.ts";
import type { Bytes, ByteStage, PluginContext } from "../../plugins/plugin.ts";
import { spooled } from "../../streams/spool.ts";
import { linesOf } from "../../streams/values.ts";
import { tooLong } from "../record-length.ts";

export interface SqliteReaderOptions {
  readonly table?: string | undefined;
  readonly query?: string | undefined;
}

/**
 * The rows of a table or query, one at a time. The file is opened for reading only. Integers keep their digits, blobs become base64.
 *
 * @throws JnError `BAD_DATA` with SQLite's message
 */
export function sqliteReader(context: PluginContext, options: SqliteReaderOptions): ByteStage {
  if (options.table !== undefined && options.query !== undefined)
    throw usageError(`${context.name}: ?table= and ?query= exclude each other`);
  return (input) => linesOf(rows(input, context, options), context);
}

async function* rows(
  input: Bytes,
  { name, maxRecordBytes }: PluginContext,
  options: SqliteReaderOptions,
): AsyncGenerator<unknown, void, undefined> {
  const spool = await spooled(input);
  try {
    const database = new sqlite.Database(spool.path, { readOnly: true, fileMustExist: true });
    try {
      const table = options.query === undefined ? (options.table ?? onlyTable(database, name)) : undefined;
      const columns = table === undefined ? undefined : columnsOf(database, table);
      const query =
        columns === undefined || columns.length === 0
          ? (options.query ?? `SELECT * FROM ${quoted(table!)}`)
          : // Numbers as names: what a column may be called is not a key of every object.
            `SELECT ${columns.map((column, index) => `${quoted(column)} AS "${index}"`).join(", ")} FROM ${quoted(table!)}`;
      requireReadable(database, query, name, maxRecordBytes);
      const statement = database.prepare(query);
      try {
        for (const row of statement.iterate()) {
          const values = row as Readonly<Record<string, unknown>>;
          yield columns === undefined ? row : new Map(columns.map((column, index) => [column, values[index]]));
        }
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

function columnsOf(database: Database, table: string): readonly string[] {
  const rows = database.all(`PRAGMA table_xinfo(${quoted(table)})`) as readonly Readonly<Record<string, unknown>>[];
  // 1: hidden, as * leaves it out.
  return rows.filter((row) => Number(row["hidden"]) !== 1).map((row) => String(row["name"]));
}

/**
 * What the library cannot hand out is looked for first, by the headers of rows: it takes memory for all of a row, however long, and ends a
 * text at its first NUL, without a word.
 *
 * @throws JnError `BAD_DATA`, WireError `RECORD_TOO_LONG`
 */
function requireReadable(database: Database, query: string, name: string, maxRecordBytes: number): void {
  if (!/^\s*(?:SELECT|WITH|VALUES)\b/i.test(query)) return;
  const body = query.replace(/;\s*$/, "");
  // A row of nulls that has the columns: the first row itself may be too long.
  const columns = Object.keys(database.get(`SELECT q.* FROM (SELECT 1) LEFT JOIN (${body}) AS q ON 0`) ?? {}).map(
    quoted,
  );
  for (let at = 0; at < columns.length; at += MAX_TESTS) {
    const some = columns.slice(at, at + MAX_TESTS);
    const bytes = some.map((column) => `coalesce(octet_length(${column}), 0)`).join(" + ");
    const isCut = some.map((column) => `(typeof(${column}) = 'text' AND instr(${column}, char(0)))`).join(" OR ");
    const problem = `CASE WHEN ${bytes} > ${maxRecordBytes} THEN 'long' WHEN ${isCut} THEN 'cut' END`;
    const found = database.get(`SELECT ${problem} AS problem FROM (${body}) WHERE problem IS NOT NULL LIMIT 1`);
    if (found === null) continue;
    if (Object.values(found)[0] === "long") throw tooLong(`${name}: a row`, maxRecordBytes);
    throw new JnError(
      "BAD_DATA",
      `${name}: it has text with a NUL inside, which cannot be read; select hex(...) of it`,
    );
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

/** SQLite bounds how deep an expression may be. */
const MAX_TESTS = 500;
