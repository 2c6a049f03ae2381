/** What `(?imsx)` and the letters of a flags argument set. */
export interface PatternOptions {
  readonly ignoresCase: boolean;
  /** `.` matches newlines too. */
  readonly dotAll: boolean;
  /** `^` and `$` match at every line. */
  readonly multiLine: boolean;
  /** Blanks and comments count for nothing. */
  readonly extended: boolean;
}

/** The options with some letters of `imsx` set, and some not. */
export function withLetters(options: PatternOptions, on: string, off: string): PatternOptions {
  const set = (letter: string, before: boolean): boolean =>
    off.includes(letter) ? false : on.includes(letter) || before;
  return {
    ignoresCase: set("i", options.ignoresCase),
    dotAll: set("s", options.dotAll),
    multiLine: set("m", options.multiLine),
    extended: set("x", options.extended),
  };
}
