import { type ChosenTest, fileOfTest, namesOfTest, portions, type Selector } from "./selector.ts";

/** Node ids are exact, parameters included. */
export const pytestSelector: Selector = {
  runner: "pytest",
  select: (tests, { launcher = ["pytest"], options, fileOf }) => {
    const idOf = (test: ChosenTest): string => [fileOf(fileOfTest(test)), ...namesOfTest(test)].join("::");
    return portions(tests, (test) => idOf(test).length).map((portion) => ({
      command: [...launcher, ...options, ...new Set(portion.map(idOf))],
      tests: portion,
      also: undefined,
    }));
  },
  choosing: new Map([
    ["-k", 1],
    ["-m", 1],
    ["--deselect", 1],
    ["--ignore", 1],
    ["--ignore-glob", 1],
    ["--maxfail", 1],
    ["-x", 0],
    ["--exitfirst", 0],
    ["--lf", 0],
    ["--last-failed", 0],
    ["--ff", 0],
    ["--failed-first", 0],
    ["--nf", 0],
    ["--sw", 0],
    ["--stepwise", 0],
    ["--pyargs", 0],
    ["--co", 0],
    ["--collect-only", 0],
  ]),
  valued: new Set([
    ..."-c -p -o -W -r -n --config-file --rootdir --confcutdir --override-ini --import-mode --numprocesses --dist --tx".split(
      " ",
    ),
    ..."--tb --basetemp --junitxml --junit-xml --durations --log-level --log-cli-level --capture --cov-config".split(
      " ",
    ),
  ]),
};
