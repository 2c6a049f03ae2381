/** A program that a catalogue vouches for. Two of the same name in two catalogues are two programs. */
export interface Program<Name extends string = string> {
  readonly name: Name;
  /** The project that owns it. */
  readonly project: string;
  /** What it sees as its own name: the path where the catalogue gives one, because Python finds its packages by that. */
  readonly argv0: string;
  /** Whether `--` ends its options, so that operands may begin with a dash. */
  readonly endOfOptions: boolean;
  /**
   * The absolute path of its executable file: looked up once, on the `PATH` of the moment in which the catalogue was
   * defined, so that changing `PATH` later cannot change what the name means.
   *
   * @throws CuprumError `PROGRAM_NOT_FOUND`
   */
  readonly file: () => string;
}
