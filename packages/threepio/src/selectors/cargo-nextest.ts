import { CARGO_TARGETS } from "./cargo-targets.ts";
import { byRoot, type ChosenTest, fileOfTest, hasWholeFile, namesOfTest, portions, type Selector } from "./selector.ts";

/** By filtersets, which know binaries and whole names. */
export const cargoNextestSelector: Selector = {
  runner: "cargo nextest",
  select: (tests, { launcher = ["cargo", "nextest", "run"], options }) =>
    portions(tests, (test) => fileOfTest(test).length + namesOfTest(test).join("::").length + 40).map((portion) => ({
      command: [...launcher, ...options, "-E", byRoot(portion).map(filterOf).join(" or ")],
      tests: portion,
      also: undefined,
    })),
  choosing: new Map([
    ["-E", 1],
    ["--filterset", 1],
    ["--filter-expr", 1],
    ...CARGO_TARGETS,
    ["--partition", 1],
    ["--message-format", 1],
  ]),
  valued: new Set(
    "-p --package --exclude -F --features --target --target-dir --cargo-profile --profile -P -j --jobs --test-threads --build-jobs --retries --run-ignored --manifest-path --config --config-file -Z --color".split(
      " ",
    ),
  ),
};

/** Tests of one binary. */
function filterOf(tests: readonly ChosenTest[]): string {
  const binary = binaryOf(fileOfTest(tests[0]!));
  if (hasWholeFile(tests)) return binary;
  return `(${binary} and (${tests.map((test) => `test(=${literal(namesOfTest(test).join("::"))})`).join(" or ")}))`;
}

/** `a::a` may stand for the library and the program of that name, whose tests are called the same. */
function binaryOf(root: string): string {
  const [, name] = /^([^:]+)::\1$/.exec(root) ?? [];
  const id = `binary_id(=${literal(root)})`;
  return name === undefined ? id : `(${id} or (package(=${name}) and binary(=${name})))`;
}

function literal(text: string): string {
  return text.replaceAll(/[\\()/,]/g, String.raw`\$&`);
}
