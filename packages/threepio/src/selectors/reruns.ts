import { BAD_STATUSES, type RunStart } from "../journal/event.ts";
import { pathOfKey } from "../model/test-key.ts";
import type { Remark, Verdict } from "../model/verdicts.ts";
import type { WriterHome } from "../model/writer-home.ts";
import type { ChosenTest, Selection } from "./selector.ts";
import { selectionsFor } from "./selectors.ts";

/** What is to be started to run chosen tests again. */
export interface Reruns {
  /** One after the other. */
  readonly commands: readonly Rerun[];
  /** What nobody can choose: tests of other runners, and what failed outside of any file. */
  readonly left: readonly ChosenTest[];
}

/** A command, and the folder to start it in. */
export interface Rerun extends Selection {
  readonly cwd: string;
}

export interface RerunSource {
  readonly isChosen: (item: Verdict | Remark) => boolean;
  readonly homeOf: (writer: string) => WriterHome | undefined;
  /** What the user typed. */
  readonly start: RunStart | undefined;
}

/** The commands for those of these tests and groups that are chosen. Only these are held in memory. */
export function rerunsOf(items: Iterable<Verdict | Remark>, { isChosen, homeOf, start }: RerunSource): Reruns {
  const homes = new Map<string, { readonly home: WriterHome; readonly tests: ChosenTest[] }>();
  const left: ChosenTest[] = [];
  for (const item of items) {
    if (!isChosen(item)) continue;
    const test = chosenOf(item);
    const home = homeOf(item.entry.writer);
    // `(cargo)`, `(pytest)`: the runner itself failed, and has no file.
    if (home === undefined || /^\(.*\)$/.test(test.path[0] ?? "")) {
      left.push(test);
      continue;
    }
    const key = JSON.stringify([home.runner, home.cwd, home.root]);
    const known = homes.get(key);
    if (known === undefined) homes.set(key, { home, tests: [test] });
    else known.tests.push(test);
  }
  const commands: Rerun[] = [];
  for (const { home, tests } of homes.values()) {
    const selections = selectionsFor(home, tests, start);
    if (selections === undefined) left.push(...tests);
    for (const selection of selections ?? []) {
      commands.push({ ...selection, cwd: home.cwd === "" ? (start?.cwd ?? ".") : home.cwd });
    }
  }
  return { commands, left };
}

/** A test that failed, or a group that could not do its work. A failed part of a test has failed its test, too. */
export function isFailure(item: Verdict | Remark): boolean {
  return item.kind === "test" ? BAD_STATUSES.has(item.status) : item.entry.kind === "error";
}

function chosenOf({ kind, key }: Verdict | Remark): ChosenTest {
  const path = pathOfKey(key);
  return kind === "test" ? { path } : { path: path.filter((part) => part !== ""), isGroup: true };
}
