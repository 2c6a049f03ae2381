/** A test that is to be run again: its path, as the model has it. */
export interface ChosenTest {
  /** File, package or crate first (with `[project] ` before it where there are projects), then groups, then the title. */
  readonly path: readonly string[];
  /** It is a group, and everything in it is meant; a path of one part is a whole file. */
  readonly isGroup?: boolean | undefined;
}

/** What of the first run comes again. */
export interface FirstRun {
  /** How to start the runner: `python3 -m pytest`. Undefined: as one usually does. */
  readonly launcher: readonly string[] | undefined;
  /** Options that do not say which tests to run. */
  readonly options: readonly string[];
  /** A file as the runner finds it, from its path in the journal. */
  readonly fileOf: (root: string) => string;
}

/** A command that runs chosen tests again. */
export interface Selection {
  readonly command: readonly string[];
  readonly tests: readonly ChosenTest[];
  /** Which other tests it may run, too, in words for people; undefined: it runs exactly these. */
  readonly also: string | undefined;
}

/** How tests of one runner are chosen on its command line. */
export interface Selector {
  /** The runner's name in the journal's `hello`. */
  readonly runner: string;
  readonly select: (tests: readonly ChosenTest[], first: FirstRun) => readonly Selection[];
  /** Options that say which tests to run, or how to go on for ever, and how many words follow each: they are left out. */
  readonly choosing: ReadonlyMap<string, number>;
  /** Options that are followed by a word of their own. */
  readonly valued: ReadonlySet<string>;
}

/** A test's file, without the project before it. */
export function fileOfTest({ path }: ChosenTest): string {
  return (path[0] ?? "").replace(PROJECT, "");
}

/** The project that a test ran in. */
export function projectOfTest({ path }: ChosenTest): string | undefined {
  return PROJECT.exec(path[0] ?? "")?.[1];
}

/** Groups and title; nothing for a whole file. */
export function namesOfTest({ path }: ChosenTest): readonly string[] {
  return path.slice(1);
}

/** An option with its value, if it has one. */
export function optionOf(name: string, value: string | undefined): readonly string[] {
  return value === undefined ? [] : [name, value];
}

/** Characters that a test's names take. */
export function lengthOfNames(test: ChosenTest): number {
  return 2 * namesOfTest(test).join(" ").length + 8;
}

/** Tests by file and project, in the order in which these first come. */
export function byRoot(tests: readonly ChosenTest[]): readonly (readonly ChosenTest[])[] {
  const found = new Map<string, ChosenTest[]>();
  for (const test of tests) {
    const root = test.path[0] ?? "";
    const known = found.get(root);
    if (known === undefined) found.set(root, [test]);
    else known.push(test);
  }
  return [...found.values()];
}

/** Whether one of them is a whole file. */
export function hasWholeFile(tests: readonly ChosenTest[]): boolean {
  return tests.some(({ path }) => path.length < 2);
}

/** Whether a test is one of those in another test or group. */
export function isWithin(inner: readonly string[], outer: readonly string[]): boolean {
  return inner.length > outer.length && outer.every((name, at) => name === inner[at]);
}

/**
 * Cuts a list so that no part is longer than a command line may be: the system refuses arguments of more than 128 KiB each, 2 MiB
 * in all.
 *
 * @param length what an item adds to the command line, in characters
 */
export function portions<Item>(items: readonly Item[], length: (item: Item) => number): readonly (readonly Item[])[] {
  const found: Item[][] = [];
  let room = 0;
  for (const item of items) {
    const needed = length(item) + 1;
    if (found.length === 0 || needed > room) {
      found.push([]);
      room = MAX_LENGTH;
    }
    found.at(-1)!.push(item);
    room -= needed;
  }
  return found;
}

/** Bytes of UTF-8 may be four a character. */
const MAX_LENGTH = 30_000;
const PROJECT = /^\[([^\]]*)\] /;
