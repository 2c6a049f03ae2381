import { literally, namesParts } from "./pattern.ts";
import { byRoot, fileOfTest, lengthOfNames, optionOf, portions, projectOfTest, type Selector } from "./selector.ts";

/** The file and the project, and a pattern of whole names: playwright compares it with project, file, names and tags. */
export const playwrightSelector: Selector = {
  runner: "playwright",
  select: (tests, { launcher = ["npx", "playwright"], options, fileOf }) =>
    byRoot(tests).flatMap((ofFile) => {
      const project = projectOfTest(ofFile[0]!);
      const file = fileOf(fileOfTest(ofFile[0]!));
      const name = literally(file.slice(file.lastIndexOf("/") + 1));
      return portions(ofFile, lengthOfNames).map((portion) => {
        const names = namesParts(portion);
        const pattern = names && String.raw`(?:^|[ /])${name} (?:${names.join("|")})(?: @\S+)*$`;
        return {
          command: [
            ...launcher,
            "test",
            ...options,
            ...(project === undefined ? [] : [`--project=${project}`]),
            ...optionOf("-g", pattern),
            `${literally(file)}$`,
          ],
          tests: portion,
          also: undefined,
        };
      });
    }),
  choosing: new Map([
    ["test", 0],
    ["-g", 1],
    ["--grep", 1],
    ["-gv", 1],
    ["--grep-invert", 1],
    ["--project", 1],
    ["--shard", 1],
    ["--last-failed", 0],
    ["--only-changed", 0],
    ["-x", 0],
    ["--max-failures", 1],
    ["--ui", 0],
  ]),
  valued: new Set(
    "-c --config --output --reporter --retries --timeout --global-timeout --workers -j --repeat-each --trace".split(
      " ",
    ),
  ),
};
