import { namesPattern } from "./pattern.ts";
import { byRoot, fileOfTest, lengthOfNames, optionOf, portions, projectOfTest, type Selector } from "./selector.ts";

/** The file by its path, and a pattern of whole names. */
export const jestSelector: Selector = {
  runner: "jest",
  select: (tests, { launcher = ["npx", "jest"], options, fileOf }) =>
    byRoot(tests).flatMap((ofFile) => {
      const project = projectOfTest(ofFile[0]!);
      const file = fileOf(fileOfTest(ofFile[0]!));
      return portions(ofFile, lengthOfNames).map((portion) => ({
        command: [
          ...launcher,
          ...options,
          ...(project === undefined ? [] : [`--selectProjects=${project}`]),
          ...optionOf("-t", namesPattern(portion)),
          "--runTestsByPath",
          file,
        ],
        tests: portion,
        also: undefined,
      }));
    }),
  choosing: new Map([
    ["-t", 1],
    ["--testNamePattern", 1],
    ["--testPathPattern", 1],
    ["--testPathPatterns", 1],
    ["--testPathIgnorePatterns", 1],
    ["--selectProjects", 1],
    ["--ignoreProjects", 1],
    ["--shard", 1],
    ["--runTestsByPath", 0],
    ["--findRelatedTests", 0],
    ["--onlyChanged", 0],
    ["--onlyFailures", 0],
    ["-o", 0],
    ["-f", 0],
    ["--changedSince", 1],
    ["--watch", 0],
    ["--watchAll", 0],
    ["--bail", 0],
    ["-b", 0],
  ]),
  valued: new Set([
    ..."-c --config --rootDir --env --testEnvironment --maxWorkers -w --reporters --testRunner --testTimeout".split(
      " ",
    ),
    ..."--coverageDirectory --transform --preset --globals --cacheDirectory --outputFile".split(" "),
  ]),
};
