/** Who reports: what a rerun has to know of it. */
export interface WriterHome {
  /** The runner's name. */
  readonly runner: string;
  /** Where it ran; empty when that is not known: then where 3pio was started. */
  readonly cwd: string;
  /** The folder that its tests' files are relative to, where that is not `cwd`. */
  readonly root: string | undefined;
}
