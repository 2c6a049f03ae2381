/** Exit codes of every program here. The meaning of a number never depends on the program. */
export const ExitCode = {
  ok: 0,
  /** Something failed that none of the codes below describes. */
  general: 1,
  /** The command line was wrong; nothing was read or written. */
  usage: 2,
  /** The input was not what it claimed to be, or a plugin failed. */
  badData: 3,
  /** A file, descriptor or network peer could not be read or written. */
  io: 4,
  interrupted: 130,
  /** The reader of our output left: 128 + SIGPIPE. Not an error. */
  readerLeft: 141,
  terminated: 143,
} as const;

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];
