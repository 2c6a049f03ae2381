import { BAD_STATUSES, type RunStart } from "../journal/event.ts";
import { pathOfKey } from "../model/test-key.ts";
import type { Remark, Verdict } from "../model/verdicts.ts";
import type { WriterHome } from "../model/writer-home.ts";
import type { ChosenTest, Selection } from "./selector.ts";
import { selectionsFor } from "./selectors.ts";

/** A command that runs chosen tests again, and the folder to start it in. */
export interface Rerun extends Selection {
  readonly cwd: string;
}

export interface RerunSource {
  readonly isChosen: (item: Verdict | Remark) => boolean;
  readonly homeOf: (writer: string) => WriterHome | undefined;
  /** What the user typed. */
  readonly start: RunStart | undefined;
  /** Takes what nobody can choose: tests of other runners, and what failed outside of any file. */
  readonly leaveOut: (test: ChosenTest) => void;
}

/** The commands for those of these tests and groups that are chosen, one after the other. Only some of them are held in memory. */
export function* rerunsOf(items: Iterable<Verdict | Remark>, source: RerunSource): Generator<Rerun, void, undefined> {
  const homes = new Map<string, ChosenHome>();
  for (const item of items) {
    if (!source.isChosen(item)) continue;
    const test = chosenOf(item);
    const home = source.homeOf(item.entry.writer);
    // `(cargo)`, `(pytest)`: the runner itself failed, and has no file.
    if (home === undefined || /^\(.*\)$/.test(test.path[0] ?? "")) {
      source.leaveOut(test);
      continue;
    }
    const key = JSON.stringify([home.runner, home.cwd, home.root]);
    const chosen = homes.get(key) ?? { home, tests: [] };
    homes.set(key, chosen);
    chosen.tests.push(test);
    if (chosen.tests.length === MOST_TESTS) yield* commandsOf(chosen, source);
  }
  for (const chosen of homes.values()) yield* commandsOf(chosen, source);
}

interface ChosenHome {
  readonly home: WriterHome;
  tests: ChosenTest[];
}

function* commandsOf(chosen: ChosenHome, { start, leaveOut }: RerunSource): Generator<Rerun, void, undefined> {
  const { home, tests } = chosen;
  if (tests.length === 0) return;
  chosen.tests = [];
  const selections = selectionsFor(home, tests, start);
  if (selections === undefined) for (const test of tests) leaveOut(test);
  for (const selection of selections ?? [])
    yield { ...selection, cwd: home.cwd === "" ? (start?.cwd ?? ".") : home.cwd };
}

/** About as many as a command line has room for. */
const MOST_TESTS = 500;

/** A test that failed, or a group that could not do its work. A failed part of a test has failed its test, too. */
export function isFailure(item: Verdict | Remark): boolean {
  return item.kind === "test" ? BAD_STATUSES.has(item.status) : item.entry.kind === "error";
}

function chosenOf({ kind, key }: Verdict | Remark): ChosenTest {
  // A copy: a part of a key keeps the 8 KiB alive that the key was read in.
  const path = JSON.parse(JSON.stringify(pathOfKey(key))) as readonly string[];
  return kind === "test" ? { path } : { path: path.filter((part) => part !== ""), isGroup: true };
}
