/** What the page is made from; written by 3pio, part by part, so that neither side holds all of it as text. */
export interface PageRun {
  readonly id: string;
  readonly state: string;
  readonly command: string;
  readonly runners: readonly string[];
  /** Milliseconds since 1970. */
  readonly started: number | undefined;
  readonly ms: number | undefined;
  readonly exitCode: number | undefined;
  readonly counts: Readonly<Record<string, number>>;
  readonly errors: number;
  readonly whole: boolean;
  readonly journal: string;
  readonly problems: readonly string[];
  /** This run and those before it of the same command, the oldest first. */
  readonly history: readonly PastRun[];
}

export interface PastRun {
  readonly id: string;
  readonly started: number | undefined;
  readonly ms: number | undefined;
  readonly tests: number;
  readonly failed: number;
}

/**
 * Some thousand results in columns, which are as short as the order of the results makes them. Groups and workers are numbered
 * over all parts, and stand in the first part that has them.
 */
export interface PageTests {
  readonly groups: readonly (readonly [parent: number, name: string])[];
  readonly workers: readonly string[];
  /** Two digits of `DIGITS`, and what is between: so many characters are those of the name before, at its beginning and its end. */
  readonly names: readonly string[];
  /** The group of a result, and of how many that follow it: group, count, group, count, ... */
  readonly group: readonly number[];
  /** A letter each. */
  readonly status: string;
  readonly ms: readonly (number | null)[];
  /** Milliseconds after the end of the last result in this part that has one, or after the run's start. */
  readonly end: readonly (number | null)[];
  /** As `group`. */
  readonly worker: readonly number[];
  /** Of those that failed or were flaky, by their place in this part. */
  readonly ids: readonly (readonly [index: number, id: string])[];
}

/** What is shared between two names, in characters: at most as many as there are digits, less one. */
export const DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

/** What is shown of a result that is selected. */
export interface PageDetail {
  readonly place?: string;
  readonly message?: string;
  readonly reason?: string;
  readonly stack?: string;
  readonly expected?: string;
  readonly actual?: string;
  readonly output?: readonly PageOutput[];
  readonly tries?: readonly PageTry[];
  /** The command that runs it again. */
  readonly again?: string;
  /** Statuses in earlier runs, the oldest first. */
  readonly before?: readonly string[];
}

export interface PageOutput {
  readonly stream: string;
  readonly text: string;
}

export interface PageTry {
  readonly status: string;
  readonly ms?: number;
  readonly message?: string;
  readonly stack?: string;
  readonly output?: readonly PageOutput[];
}

/** Details of results: `[index, detail]`. */
export type PageDetails = readonly (readonly [index: number, detail: PageDetail])[];
