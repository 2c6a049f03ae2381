import { programAt, type Runner } from "./runner.ts";

const NAMES = new Set(["pytest", "py.test", "pytest3", "pytest-3"]);

/** Our plugin comes in through PYTEST_PLUGINS, so it does not matter who starts pytest. */
export const pytest: Runner = {
  name: "pytest",
  summary: "pytest, also with xdist, subtests and rerunfailures",
  matches: (words) => programAt(words, NAMES) >= 0,
  watches: (words) =>
    programAt(words, new Set(["ptw", "pytest-watch", "pytest-watcher"])) >= 0
      ? "pytest-watch runs the tests again and again"
      : undefined,
};
