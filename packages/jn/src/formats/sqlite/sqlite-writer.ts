import sqlite, { type BindValues, type Database, type JSValue, type Statement } from "node-sqlite3-wasm";
import { badData, JnError } from "../../jn-error.ts";
import { valueText } from "../../json/value-text.ts";
import type { Bytes, ByteStage, PluginContext } from "../../plugins/plugin.ts";
import { bytesOf, newSpool } from "../../streams/spool.ts";
import { valuesOf } from "../../streams/values.ts";
import { entriesOf } from "../value-writer.ts";

/**
 * NDJSON objects to a new SQLite file with one table: a column for every key of any record, without declared types. Booleans become 1 and
 * 0, arrays and objects their JSON text, integers beyond 64 bits text.
 *
 * @throws JnError `BAD_DATA` for records that are no objects
 */
export function sqliteWriter(context: PluginContext, table: string): ByteStage {
  return async function* written(input) {
    const spool = newSpool("database");
    try {
      const database = new sqlite.Database(spool.path);
      try {
        await fill(database, quoted(table), input, context);
      } finally {
        database.close();
      }
      yield* bytesOf(spool);
    } finally {
      spool.remove();
    }
  };
}

async function fill(database: Database, table: string, input: Bytes, context: PluginContext): Promise<void> {
  const columns: string[] = [];
  const folded = new Set<string>();
  const insertion = new Insertion(database, table);
  database.exec("BEGIN");
  for await (const [value, line] of valuesOf(input, context)) {
    try {
      const entries = entriesOf(value, "rows of a table");
      for (const [key] of entries) {
        if (columns.includes(key)) continue;
        if (folded.has(key.toLowerCase()))
          throw new Error(`'${key}' differs from another column in capitals only, which SQLite cannot hold`);
        folded.add(key.toLowerCase());
        database.exec(
          columns.length === 0
            ? `CREATE TABLE ${table} (${quoted(key)})`
            : `ALTER TABLE ${table} ADD COLUMN ${quoted(key)}`,
        );
        columns.push(key);
      }
      if (columns.length === 0) throw new Error("the first record has no key to name columns by");
      insertion.run(
        entries.map(([key]) => key),
        entries.map(([, member]) => stored(member)),
      );
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      throw badData({ source: context.name, line }, error.message);
    }
  }
  if (columns.length === 0)
    throw new JnError("BAD_DATA", `${context.name}: there is no record, and a table needs a column`);
  insertion.end();
  database.exec("COMMIT");
}

/** Inserts rows, by one prepared statement as long as they have the same columns. */
class Insertion {
  readonly #database: Database;
  readonly #table: string;
  #columns = "";
  #statement: Statement | undefined;

  constructor(database: Database, table: string) {
    this.#database = database;
    this.#table = table;
  }

  run(keys: readonly string[], values: BindValues): void {
    const columns = keys.map(quoted).join(", ");
    if (this.#statement === undefined || columns !== this.#columns) {
      this.end();
      const what = keys.length === 0 ? "DEFAULT VALUES" : `(${columns}) VALUES (${keys.map(() => "?").join(", ")})`;
      this.#statement = this.#database.prepare(`INSERT INTO ${this.#table} ${what}`);
      this.#columns = columns;
    }
    this.#statement.run(values);
  }

  end(): void {
    this.#statement?.finalize();
    this.#statement = undefined;
  }
}

function stored(value: unknown): JSValue {
  if (value === null || value === undefined) return null;
  if (typeof value === "bigint") return BigInt.asIntN(64, value) === value ? value : String(value);
  if (typeof value === "number" && Number.isSafeInteger(value)) return BigInt(value);
  if (typeof value === "object") return valueText(value);
  // The library ends text there.
  if (typeof value === "string" && value.includes("\0"))
    throw new Error("the record has text with a NUL inside, which cannot be written to SQLite");
  return value as string | number | boolean;
}

function quoted(identifier: string): string {
  return `"${identifier.replaceAll('"', '""')}"`;
}
