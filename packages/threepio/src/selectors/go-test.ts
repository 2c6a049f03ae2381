import { literally } from "./pattern.ts";
import {
  byRoot,
  fileOfTest,
  hasWholeFile,
  isWithin,
  namesOfTest,
  portions,
  type Selection,
  type Selector,
} from "./selector.ts";

/** `-run` with an alternative for each test (Go 1.20 and newer); a test that has tests in it comes with them. */
export const goTestSelector: Selector = {
  runner: "go test",
  select: (tests, { launcher = ["go", "test"], options }) =>
    byRoot(tests).flatMap((ofPackage): readonly Selection[] => {
      const all = ofPackage.map(namesOfTest);
      const innermost = ofPackage.filter((test) => !all.some((other) => isWithin(other, namesOfTest(test))));
      // A package that could not be built, or that died, is run as a whole.
      if (hasWholeFile(ofPackage)) {
        return [{ command: [...launcher, ...options, fileOfTest(ofPackage[0]!)], tests: ofPackage, also: WHOLE }];
      }
      return portions(innermost, (test) => patternOf(namesOfTest(test)).length).map((portion) => ({
        command: [
          ...launcher,
          ...options,
          "-run",
          [...new Set(portion.map((test) => patternOf(namesOfTest(test))))].join("|"),
          fileOfTest(ofPackage[0]!),
        ],
        tests: ofPackage.filter((test) =>
          portion.some((one) => one === test || isWithin(namesOfTest(one), namesOfTest(test))),
        ),
        also: undefined,
      }));
    }),
  choosing: new Map([
    ["-run", 1],
    ["-skip", 1],
    ["-bench", 1],
    ["-fuzz", 1],
    ["-list", 1],
    ["-failfast", 0],
    ["-json", 0],
    ["-c", 0],
    ["-shuffle", 1],
  ]),
  valued: new Set([
    ..."-tags -count -timeout -parallel -p -mod -modfile -ldflags -gcflags -asmflags -covermode -coverpkg".split(" "),
    ..."-coverprofile -cpu -exec -C -o -overlay -pgo -vet".split(" "),
  ]),
};

const WHOLE = "the other tests of the package";

/** A level of nesting, a pattern. */
function patternOf(names: readonly string[]): string {
  return names.map((name) => `^${literally(name)}$`).join("/");
}
