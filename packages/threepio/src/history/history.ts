import { copyFileSync, existsSync, readdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { ioError } from "@jn/wire";
import { Database, SQLite3Error } from "node-sqlite3-wasm";
import { resultId } from "../model/result.ts";
import { recordOf, titleOf } from "../model/result-record.ts";
import { runRecordOf } from "../reports/run-record.ts";
import { isAlive } from "../run/at-work.ts";
import { type OpenedRun, withRunFolder } from "../run/opened-run.ts";
import { type RunFolder, runFolders } from "../run/run-folder.ts";

/** The database, beside the runs. It can be deleted at any time: it is made of the journals. */
const FILE = ".3pio/history.sqlite";
/** Raised when the tables change; then everything is read again. */
const VERSION = 1;

export interface HistoryOptions {
  /** Only so many of the last runs have to be in it. Default: all. */
  readonly newest?: number | undefined;
}

/**
 * Hands an up-to-date history of all runs that are over to `work`. Runs are read once, when they are asked for first; of runs that
 * were removed, what is known is removed, too. Everybody works on a copy that takes the place of the file at the end, so
 * nobody waits, and a process that is killed leaves no lock behind.
 *
 * @throws WireError `IO`
 */
export async function withHistory<Value>(
  cwd: string,
  work: (database: Database) => Value,
  { newest = Infinity }: HistoryOptions = {},
): Promise<Value> {
  const file = resolve(cwd, FILE);
  // Where nothing ever ran, nothing is left behind.
  const own = existsSync(dirname(file)) ? resolve(cwd, `${FILE}-${process.pid}`) : ":memory:";
  removeStale(cwd);
  const { database, isNew } = opened(file, own);
  let isChanged = isNew;
  try {
    const folders = runFolders(cwd);
    const known = new Set(column(database, "SELECT id FROM runs", "id"));
    for (const id of known as Set<string>) {
      if (folders.some((folder) => folder.id === id)) continue;
      forget(database, id);
      isChanged = true;
    }
    for (const folder of newest === Infinity ? folders : folders.slice(-newest)) {
      if (!known.has(folder.id) && (await taken(database, folder))) isChanged = true;
    }
    return work(database);
  } finally {
    database.close();
    if (isChanged && existsSync(own)) renameSync(own, file);
    rmSync(own, { force: true });
  }
}

function opened(file: string, own: string): { readonly database: Database; readonly isNew: boolean } {
  try {
    if (existsSync(file)) {
      copyFileSync(file, own);
      const database = new Database(own);
      try {
        const [version] = column(database, "PRAGMA user_version", "user_version");
        if (version === VERSION) return { database: prepared(database), isNew: false };
      } catch (error) {
        if (!(error instanceof SQLite3Error)) throw error;
        // It is damaged, and made again.
      }
      database.close();
      rmSync(own, { force: true });
    }
    const database = new Database(own);
    database.exec(TABLES);
    return { database: prepared(database), isNew: true };
  } catch (error) {
    throw ioError("open", file, error);
  }
}

const TABLES = `
CREATE TABLE runs (run INTEGER PRIMARY KEY, id TEXT UNIQUE NOT NULL, started INTEGER, command TEXT, tree TEXT);
CREATE TABLE tests (test INTEGER PRIMARY KEY, id TEXT UNIQUE NOT NULL, title TEXT NOT NULL);
CREATE TABLE verdicts (test INTEGER NOT NULL, run INTEGER NOT NULL, status TEXT NOT NULL, ms REAL, flaky INTEGER NOT NULL,
  PRIMARY KEY (test, run)) WITHOUT ROWID;
CREATE TABLE files (file TEXT NOT NULL, run INTEGER NOT NULL, ms REAL NOT NULL, PRIMARY KEY (file, run)) WITHOUT ROWID;
PRAGMA user_version = ${VERSION};
`;

/** Nobody else uses our copy, and what is lost in a power cut can be made again. */
function prepared(database: Database): Database {
  database.exec("PRAGMA locking_mode = EXCLUSIVE; PRAGMA synchronous = OFF; PRAGMA journal_mode = OFF");
  return database;
}

/** Reads a run into the tables; false if it is still at work. */
async function taken(database: Database, folder: RunFolder): Promise<boolean> {
  return await withRunFolder(folder, (run) => {
    if (run.summary.state === "RUNNING") return false;
    database.exec("BEGIN");
    insert(database, run);
    database.exec("COMMIT");
    return true;
  });
}

function insert(database: Database, { folder, summary, collection }: OpenedRun): void {
  const { started = null, command, tree = null } = runRecordOf(folder.id, summary);
  database.run("INSERT INTO runs (id, started, command, tree) VALUES (?, ?, ?, ?)", [
    folder.id,
    started,
    JSON.stringify(command ?? []),
    tree,
  ]);
  const run = Number(database.get("SELECT last_insert_rowid() AS run")!["run"]);
  const test = database.prepare(
    "INSERT INTO tests (id, title) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET title = excluded.title RETURNING test",
  );
  const verdict = database.prepare("INSERT INTO verdicts (test, run, status, ms, flaky) VALUES (?, ?, ?, ?, ?)");
  const file = database.prepare("INSERT INTO files (file, run, ms) VALUES (?, ?, ?)");
  try {
    for (const result of collection.results()) {
      if (result.kind !== "test") continue;
      const title = titleOf(recordOf(folder.id, result, undefined));
      const row = test.get([resultId(result), wellFormed(title)])!;
      verdict.run([Number(row["test"]), run, result.status, result.entry.ms ?? null, result.isFlaky ? 1 : 0]);
    }
    for (const { name, ms } of collection.groups()) if (ms !== undefined) file.run([wellFormed(name), run, ms]);
  } finally {
    for (const statement of [test, verdict, file]) statement.finalize();
  }
}

/** Halves of characters, and the end of a text in C, are nothing that SQLite can hold. */
function wellFormed(text: string): string {
  return text.replaceAll(/\p{Surrogate}|\0/gu, "\ufffd");
}

function forget(database: Database, id: string): void {
  const row = database.get("SELECT run FROM runs WHERE id = ?", [id])!;
  const run = Number(row["run"]);
  database.exec("BEGIN");
  for (const table of ["verdicts", "files", "runs"]) database.run(`DELETE FROM ${table} WHERE run = ?`, [run]);
  database.run("DELETE FROM tests WHERE NOT EXISTS (SELECT 1 FROM verdicts WHERE verdicts.test = tests.test)");
  database.exec("COMMIT");
}

function column(database: Database, query: string, name: string): unknown[] {
  return database.all(query).map((row) => (row as Readonly<Record<string, unknown>>)[name]);
}

/** Copies of processes that were killed. */
function removeStale(cwd: string): void {
  const folder = resolve(cwd, ".3pio");
  for (const name of existsSync(folder) ? readdirSync(folder) : []) {
    const [, pid] = /^history\.sqlite-(\d+)(?:\.lock|-journal)?$/.exec(name) ?? [];
    if (pid !== undefined && (Number(pid) === process.pid || !isAlive(Number(pid)))) {
      rmSync(join(folder, name), { recursive: true, force: true });
    }
  }
}
