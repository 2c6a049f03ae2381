/** Version of the journal's schema. It is raised only when an old reader would misunderstand new data. */
export const SCHEMA_VERSION = 1;

/** What every line of a journal has. Lines of one writer are numbered from 0 without gaps. */
export interface Envelope {
  readonly v: number;
  readonly run: string;
  readonly writer: string;
  readonly seq: number;
  /** Milliseconds since 1970; never decreases within a writer. */
  readonly t: number;
}

/** First line of a segment: who writes. */
export interface Hello {
  readonly type: "hello";
  readonly runner: string;
  readonly runnerVersion?: string | undefined;
  readonly pid: number;
  readonly cwd: string;
  /** The folder that the files of tests are relative to, where that is not `cwd`. */
  readonly root?: string | undefined;
}

/** Last line of a segment: `count` lines were written before this one, `failures` could not be. */
export interface Bye {
  readonly type: "bye";
  readonly count: number;
  readonly failures: number;
}

/** Written by 3pio before the command starts. */
export interface RunStart {
  readonly type: "run.start";
  /** What the user typed. */
  readonly command: readonly string[];
  /** What was started: the rewritten command. */
  readonly started: readonly string[];
  readonly cwd: string;
  readonly runner: string;
  /** Files in the run's folder that are a runner's own output and are read as events. */
  readonly streams: readonly StreamSource[];
  readonly pid: number;
  /** Of a run that was put together: the runs in it. */
  readonly parts?: readonly RunPart[] | undefined;
}

/** A run in another one: of one machine of several. */
export interface RunPart {
  /** Its folder, relative to that of the whole run. */
  readonly folder: string;
  /** Goes before the names of its files, where the same tests ran on several machines. */
  readonly label?: string | undefined;
}

/** A file, relative to the run's folder, and the format that it is read in. */
export interface StreamSource {
  readonly file: string;
  readonly format: string;
}

/** By 3pio, where there is a repository: which files were tested. */
export interface SourceTree {
  /** Name of the commit. */
  readonly commit: string;
  /** Name of the tree: git's own when nothing was changed, else with `+` and a hash of the changes. */
  readonly tree: string;
}

export interface RunTree extends SourceTree {
  readonly type: "run.tree";
}

/** Written by 3pio after the command and everything it wrote has been read. */
export interface RunEnd {
  readonly type: "run.end";
  readonly exitCode: number;
  /** The signal that ended the command. */
  readonly signal?: string | undefined;
  /** The signal that 3pio was told to stop by. */
  readonly interruptedBy?: string | undefined;
  readonly ms: number;
}

/** How many tests the runner says it is going to run. Several of these add up. */
export interface Collected {
  readonly type: "collected";
  readonly count: number;
}

/** Where a test is: the file, package or crate first, then groups, then its title. */
export interface Located {
  readonly path: readonly string[];
  /** Project of a runner that runs the same files several times (browsers, environments). */
  readonly project?: string | undefined;
}

export interface TestStart extends Located {
  readonly type: "test.start";
  /** The runner does not say whether it is a test or a group of tests: it is a group if something in it starts. */
  readonly maybeGroup?: boolean | undefined;
}

/** A verdict: `test.end` is final, `test.attempt` will be followed by another try, `subtest.end` is part of a test. */
export interface TestEnd extends Located {
  readonly type: "test.end" | "test.attempt" | "subtest.end";
  readonly status: Status;
  /** Milliseconds, to the microsecond. */
  readonly ms?: number | undefined;
  readonly error?: TestError | undefined;
  /** Why it was skipped, or is expected to fail. */
  readonly reason?: string | undefined;
  readonly output?: readonly OutputPiece[] | undefined;
  /** Its file and line, relative to the working directory. */
  readonly file?: string | undefined;
  readonly line?: number | undefined;
}

/** The last verdict on this test was only an attempt: another one has been made, and its verdict follows. */
export interface TestRetry extends Located {
  readonly type: "test.retry";
  /** The status of that attempt. */
  readonly status: Status;
}

/** A group could not do its work: collection, import, compilation, set-up or teardown. */
export interface GroupError extends Located {
  readonly type: "group.error";
  readonly phase: string;
  readonly error: TestError;
  readonly output?: readonly OutputPiece[] | undefined;
}

/** A group of tests (a file, a package) is done, also when it had no test. */
export interface GroupEnd extends Located {
  readonly type: "group.end";
  readonly ms?: number | undefined;
}

/** Output of a group, or, with an empty path, of the run, that belongs to no single test. */
export interface GroupOutput extends Located {
  readonly type: "output";
  readonly stream: string;
  readonly text: string;
}

/** The runner's own totals, against which the verdicts are checked. Statuses that it does not count are left out. */
export interface Totals {
  readonly type: "totals";
  readonly counts: Readonly<Partial<Record<Status, number>>>;
}

export type Body =
  | Hello
  | Bye
  | RunStart
  | RunTree
  | RunEnd
  | Collected
  | TestStart
  | TestEnd
  | TestRetry
  | GroupError
  | GroupEnd
  | GroupOutput
  | Totals;

/** `part` is not written: the reader says in which part of a run it stands; the writer's name then begins with it. */
export type JournalEvent = Envelope & Body & { readonly part?: string | undefined };

export interface OutputPiece {
  readonly stream: string;
  readonly text: string;
}

export interface TestError {
  readonly message: string;
  readonly stack?: string | undefined;
  readonly expected?: string | undefined;
  readonly actual?: string | undefined;
  readonly file?: string | undefined;
  readonly line?: number | undefined;
}

/** `error`: the test itself was not to blame: its set-up or teardown failed. `crashed`: it started and never ended. */
export type Status = "pass" | "fail" | "skip" | "todo" | "xfail" | "xpass" | "error" | "crashed";

export const STATUSES: readonly Status[] = ["pass", "fail", "error", "crashed", "skip", "todo", "xfail", "xpass"];

/** Statuses that make a run bad. */
export const BAD_STATUSES: ReadonlySet<Status> = new Set(["fail", "error", "crashed"]);

/**
 * When written events are forced to the disk. Against a killed process the write itself protects; this is about power cuts.
 * - `event`: after each event
 * - `interval`: after a second, or 1,000 events and a tenth of a second, and at the end (default)
 * - `end`: once, at the end
 * - `none`: whenever the system does
 */
export type Durability = "event" | "interval" | "end" | "none";

export const DURABILITIES: readonly Durability[] = ["event", "interval", "end", "none"];
