import { namesPattern } from "./pattern.ts";
import { byRoot, fileOfTest, lengthOfNames, optionOf, portions, projectOfTest, type Selector } from "./selector.ts";

/** A pattern of whole names, and the file: names are compared with the groups' before them. */
export const vitestSelector: Selector = {
  runner: "vitest",
  select: (tests, { launcher = ["npx", "vitest"], options, fileOf }) =>
    byRoot(tests).flatMap((ofFile) => {
      const project = projectOfTest(ofFile[0]!);
      const file = fileOf(fileOfTest(ofFile[0]!));
      return portions(ofFile, lengthOfNames).map((portion) => ({
        command: [
          ...launcher,
          "run",
          ...options,
          ...(project === undefined ? [] : [`--project=${project}`]),
          file,
          ...optionOf("-t", namesPattern(portion)),
        ],
        tests: portion,
        also: undefined,
      }));
    }),
  choosing: new Map([
    ["run", 0],
    ["watch", 0],
    ["dev", 0],
    ["related", 0],
    ["-t", 1],
    ["--testNamePattern", 1],
    ["--project", 1],
    ["--shard", 1],
    ["--exclude", 1],
    ["--bail", 1],
    ["--changed", 0],
    ["--watch", 0],
    ["-w", 0],
    ["--ui", 0],
    ["--run", 0],
  ]),
  valued: new Set([
    ..."-c --config -r --root --dir --environment --pool --reporter --outputFile --mode --retry --workspace".split(" "),
    ..."--testTimeout --hookTimeout --maxWorkers --minWorkers --browser.name".split(" "),
  ]),
};
