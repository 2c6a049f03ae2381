/** The options by which cargo is told which targets to test, and how many words follow each. */
export const CARGO_TARGETS: ReadonlyMap<string, number> = new Map([
  ["--lib", 0],
  ["--bins", 0],
  ["--tests", 0],
  ["--examples", 0],
  ["--benches", 0],
  ["--all-targets", 0],
  ["--bin", 1],
  ["--test", 1],
  ["--example", 1],
  ["--bench", 1],
  ["--no-run", 0],
]);
