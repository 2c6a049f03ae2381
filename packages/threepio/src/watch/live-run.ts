import { pageParts } from "../page-report/page-parts.ts";
import { runsBefore } from "../queries/previous-run.ts";
import { isAtWork } from "../run/at-work.ts";
import { Collection } from "../run/collection.ts";
import { findRunFolder, type RunFolder } from "../run/run-folder.ts";
import { STREAMS } from "../runners/registry.ts";

/** A run that is read while it goes on. `latest` means whichever is the last one: when a new run starts, that one is read. */
export class LiveRun {
  readonly #cwd: string;
  readonly #name: string;
  #folder: RunFolder;
  #collection: Collection;
  #isOver = false;
  /** The index can be read only while nothing is added to it. */
  #isBusy = false;

  /** @throws ThreepioError `USAGE` when there is no such run */
  constructor(cwd: string, name: string) {
    this.#cwd = cwd;
    this.#name = name;
    this.#folder = findRunFolder(cwd, name);
    this.#collection = new Collection(this.#folder.path, STREAMS);
  }

  /** Reads what is new; true if there was something. */
  pull(): boolean {
    if (this.#isBusy) return false;
    const isNew = this.#follow();
    if (this.#isOver) return isNew;
    let count = 0;
    for (let more = 1; more > 0 && count < MAX_EVENTS; count += more) more = this.#collection.pull(BATCH);
    if (count === 0 && !isAtWork(this.#collection.facts())) {
      this.#collection.finish();
      this.#isOver = true;
      return true;
    }
    return isNew || count > 0;
  }

  /** The page's data as it is now, a line a part. One reader at a time. */
  async *lines(): AsyncGenerator<string, void, undefined> {
    while (this.#isBusy) await new Promise((resolve) => setTimeout(resolve, WAIT_MS));
    this.#isBusy = true;
    try {
      const run = { folder: this.#folder, collection: this.#collection, summary: this.#collection.summarise() };
      const past = { runs: await runsBefore(this.#cwd, run), statuses: () => [] };
      for (const { kind, from, to, json } of pageParts(run, past)) yield `${kind} ${from} ${to} ${json}\n`;
    } finally {
      this.#isBusy = false;
    }
  }

  close(): void {
    this.#collection.close();
  }

  /** Goes on to a run that has begun meanwhile. */
  #follow(): boolean {
    if (this.#name !== "latest") return false;
    const latest = findRunFolder(this.#cwd, this.#name);
    if (latest.path === this.#folder.path) return false;
    this.#collection.close();
    this.#folder = latest;
    this.#collection = new Collection(latest.path, STREAMS);
    this.#isOver = false;
    return true;
  }
}

const BATCH = 10_000;
/** In one go: requests are answered in between. */
const MAX_EVENTS = 50_000;
const WAIT_MS = 20;
