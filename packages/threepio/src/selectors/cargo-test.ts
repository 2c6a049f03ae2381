import { CARGO_TARGETS } from "./cargo-targets.ts";
import { byRoot, type ChosenTest, fileOfTest, hasWholeFile, namesOfTest, portions, type Selector } from "./selector.ts";

/** Names are exact, but for doc-tests; the target is chosen as far as the text that cargo printed says which it is. */
export const cargoTestSelector: Selector = {
  runner: "cargo test",
  select: (tests, { launcher = ["cargo", "test"], options }) =>
    byRoot(tests).flatMap((ofTarget) =>
      portions(ofTarget, (test) => namesOfTest(test).join("::").length).map((portion) => ({
        command: [
          ...launcher,
          ...options,
          ...targetOf(fileOfTest(ofTarget[0]!)),
          ...(hasWholeFile(portion) ? [] : ["--", ...filtersOf(ofTarget[0]!, portion)]),
        ],
        tests: portion,
        also: isDoc(ofTarget[0]!)
          ? "doc-tests whose line ends in the same digits"
          : "tests of that path in other crates",
      })),
    ),
  choosing: new Map([...CARGO_TARGETS, ["--doc", 0]]),
  valued: new Set(
    "-p --package --exclude -F --features --target --target-dir --profile -j --jobs --manifest-path --config -Z --color".split(
      " ",
    ),
  ),
};

function isDoc(test: ChosenTest): boolean {
  return fileOfTest(test).endsWith(" doc-tests");
}

/** rustdoc cuts filters at blanks: of `src/lib.rs - sum (line 7)` the last word is the one that says most. */
function filtersOf(target: ChosenTest, tests: readonly ChosenTest[]): readonly string[] {
  const names = [...new Set(tests.map((test) => namesOfTest(test).join("::")))];
  return isDoc(target) ? names.map((name) => name.slice(name.lastIndexOf(" ") + 1)) : ["--exact", ...names];
}

/** `fixture unittests src/lib.rs`, `outside tests/outside.rs`, `fixture doc-tests`. */
function targetOf(root: string): readonly string[] {
  const [, name = "", place = ""] = /^(\S+) (.*)$/.exec(root) ?? [];
  if (place === "doc-tests") return ["--doc"];
  if (place.endsWith("src/lib.rs")) return ["--lib"];
  if (/(?:^|\/|\s)tests\//.test(place)) return ["--test", name];
  if (/(?:^|\/|\s)benches\//.test(place)) return ["--bench", name];
  if (/(?:^|\/|\s)examples\//.test(place)) return ["--example", name];
  return place.startsWith("unittests ") ? ["--bin", name] : [];
}
