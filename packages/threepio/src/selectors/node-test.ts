import { literally } from "./pattern.ts";
import { byRoot, fileOfTest, hasWholeFile, isWithin, namesOfTest, portions, type Selector } from "./selector.ts";

/**
 * Node 20 compares a pattern with a test's own name, later ones with the names of its groups before it: the pattern is made for
 * both. A file whose process failed is run as a whole.
 */
export const nodeTestSelector: Selector = {
  runner: "node:test",
  select: (tests, { launcher = ["node"], options, fileOf }) =>
    byRoot(tests).flatMap((ofFile) => {
      const file = fileOfTest(ofFile[0]!);
      const start = [...launcher, "--test", ...options];
      const names = ofFile.map(namesOfTest);
      // When its process failed, the file itself is a test.
      const isProcess = names.some((one) => one.length === 1 && file.endsWith(one[0]!));
      if (isProcess || hasWholeFile(ofFile))
        return [{ command: [...start, fileOf(file)], tests: ofFile, also: "the other tests of the file" }];
      return portions(ofFile, (test) => patternOf(namesOfTest(test)).length + 1).map((portion) => {
        const patterns = [...new Set(portion.map((test) => patternOf(namesOfTest(test))))];
        const pattern = patterns.length === 1 ? `^${patterns[0]}$` : `^(?:${patterns.join("|")})$`;
        return {
          command: [...start, `--test-name-pattern=${pattern}`, fileOf(file)],
          tests: portion,
          also: alsoOf(names),
        };
      });
    }),
  choosing: new Map([
    ["--test", 0],
    ["--test-only", 0],
    ["--watch", 0],
    ["--test-name-pattern", 1],
    ["--test-skip-pattern", 1],
    ["--test-shard", 1],
  ]),
  valued: new Set([
    ..."--import --require -r --loader --experimental-loader --conditions -C --test-reporter".split(" "),
    ..."--test-reporter-destination --test-concurrency --test-timeout --env-file".split(" "),
  ]),
};

function patternOf(names: readonly string[]): string {
  const groups = names.slice(0, -1).join(" ");
  const name = literally(names.at(-1) ?? "");
  return groups === "" ? name : `(?:${literally(groups)} )?${name}`;
}

function alsoOf(names: readonly (readonly string[])[]): string | undefined {
  const isTestWithTests = names.some((outer) => names.some((inner) => isWithin(inner, outer)));
  if (isTestWithTests) return "the other tests in a test that has tests in it";
  return names.some((one) => one.length > 1)
    ? "tests of the same name in other groups of the file (Node 20)"
    : undefined;
}
