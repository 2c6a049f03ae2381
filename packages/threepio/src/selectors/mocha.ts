import { namesPattern } from "./pattern.ts";
import { byRoot, fileOfTest, lengthOfNames, optionOf, portions, type Selector } from "./selector.ts";

/** The file and a pattern of whole names; mocha's configuration may add files to it. */
export const mochaSelector: Selector = {
  runner: "mocha",
  select: (tests, { launcher = ["npx", "mocha"], options, fileOf }) =>
    byRoot(tests).flatMap((ofFile) =>
      portions(ofFile, lengthOfNames).map((portion) => ({
        command: [...launcher, ...options, fileOf(fileOfTest(ofFile[0]!)), ...optionOf("-g", namesPattern(portion))],
        tests: portion,
        also: undefined,
      })),
    ),
  choosing: new Map([
    ["-g", 1],
    ["--grep", 1],
    ["-f", 1],
    ["--fgrep", 1],
    ["-i", 0],
    ["--invert", 0],
    ["-b", 0],
    ["--bail", 0],
    ["-w", 0],
    ["--watch", 0],
    ["--spec", 1],
    ["--ignore", 1],
    ["--exclude", 1],
  ]),
  valued: new Set([
    ..."-r --require -u --ui -t --timeout -R --reporter -O --reporter-option --reporter-options --config --package".split(
      " ",
    ),
    ..."--file --import --loader --extension --retries -s --slow -j --jobs -n --node-option".split(" "),
  ]),
};
