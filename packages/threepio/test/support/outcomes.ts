// Which fixture shows which outcome of which runner: the table is complete by its type, and each line of it is asserted of a
// real run. `verdict file > group > name` is a verdict; `ERROR file` an error outside of tests, as the console says it.
import assert from "node:assert/strict";

export type Outcome =
  | "pass"
  | "fail"
  | "skip"
  | "todo"
  | "expected failure"
  | "unexpected pass"
  | "broken set-up"
  | "broken teardown"
  | "broken import or build"
  | "process exit"
  | "timeout"
  | "flaky"
  | "nested"
  | "parametrised"
  | "same title"
  | "unicode name"
  | "hostile name"
  | "changed folder"
  | "started process"
  | "message of 1 MB";

/** A line, or why there is none. */
export type Shown = string | { readonly none: string };

type Table = Readonly<Record<Outcome, Shown>>;

const NO_PARAMETERS = { none: "a loop over values, as for every name below" } as const;

export const OUTCOMES: Readonly<
  Record<
    "pytest" | "node:test" | "vitest" | "jest" | "mocha" | "playwright" | "go test" | "cargo test" | "cargo nextest",
    Table
  >
> = {
  pytest: {
    pass: "pass outcomes_test.py > test_passes",
    fail: "fail outcomes_test.py > test_fails",
    skip: "skip outcomes_test.py > test_skipped",
    todo: { none: "pytest has none" },
    "expected failure": "xfail outcomes_test.py > test_expected_failure",
    "unexpected pass": "xpass outcomes_test.py > test_unexpected_pass",
    "broken set-up": "error outcomes_test.py > test_setup_error",
    "broken teardown": "error outcomes_test.py > test_teardown_error",
    "broken import or build": "ERROR broken_import_test.py",
    "process exit": { none: "crash_test.py, in a test of its own" },
    timeout: { none: "pytest has none without a plugin" },
    flaky: { none: "rerun_test.py, with pytest-rerunfailures, heavy" },
    nested: "fail outcomes_test.py > TestGroup > TestInner > test_deeper",
    parametrised: "pass outcomes_test.py > test_parameter[plain]",
    "same title": { none: "in Python the second function takes the place of the first" },
    "unicode name": String.raw`pass outcomes_test.py > test_parameter[uml\xe4ut \u2603]`,
    "hostile name": "fail outcomes_test.py > test_parameter[a::b]",
    "changed folder": "pass outcomes_test.py > test_changes_folder",
    "started process": "pass outcomes_test.py > test_forks",
    "message of 1 MB": "fail outcomes_test.py > test_large_message",
  },
  "node:test": {
    pass: "pass outcomes.test.cjs > suite > passes",
    fail: "fail outcomes.test.cjs > suite > fails",
    skip: "skip outcomes.test.cjs > skips itself",
    todo: "todo outcomes.test.cjs > suite > deeper > is to do",
    "expected failure": { none: "Node 20 and 22 have none" },
    "unexpected pass": { none: "Node 20 and 22 have none" },
    "broken set-up": "fail outcomes.test.cjs > broken set-up > is never run",
    "broken teardown": "ERROR outcomes.test.cjs > broken teardown",
    "broken import or build": "fail broken-import.test.cjs > broken-import.test.cjs",
    "process exit": "fail exits.test.cjs > exits.test.cjs",
    timeout: "fail outcomes.test.cjs > times out",
    flaky: { none: "Node has no retries" },
    nested: "fail outcomes.test.cjs > parent > failing child",
    parametrised: NO_PARAMETERS,
    "same title": "fail outcomes.test.cjs > same title (2)",
    "unicode name": "pass outcomes.test.cjs > umläut ☃",
    "hostile name": "pass outcomes.test.cjs > <b>bold</b>",
    "changed folder": "pass outcomes.test.cjs > changes folder",
    "started process": "pass outcomes.test.cjs > starts a process that ends",
    "message of 1 MB": "fail outcomes.test.cjs > large message",
  },
  vitest: {
    pass: "pass outcomes.test.mjs > suite > passes",
    fail: "fail outcomes.test.mjs > suite > fails",
    skip: "skip outcomes.test.mjs > skips itself",
    todo: "todo outcomes.test.mjs > suite > deeper > is to do",
    "expected failure": "xfail outcomes.test.mjs > is expected to fail",
    "unexpected pass": "fail outcomes.test.mjs > unexpectedly passes",
    "broken set-up": "ERROR outcomes.test.mjs > broken set-up of a group",
    "broken teardown": "ERROR outcomes.test.mjs > broken teardown",
    "broken import or build": "ERROR broken-import.test.mjs",
    "process exit": "fail exits.test.mjs > ends the process",
    timeout: "fail outcomes.test.mjs > times out",
    flaky: "flaky outcomes.test.mjs > is flaky",
    nested: "pass outcomes.test.mjs > suite > deeper > passes",
    parametrised: "fail outcomes.test.mjs > with 2",
    "same title": "fail outcomes.test.mjs > same title (2)",
    "unicode name": "pass outcomes.test.mjs > umläut ☃",
    "hostile name": "pass outcomes.test.mjs > <b>bold</b>",
    "changed folder": "pass outcomes.test.mjs > changes folder",
    "started process": "pass outcomes.test.mjs > starts a process that ends",
    "message of 1 MB": "fail outcomes.test.mjs > large message",
  },
  jest: {
    pass: "pass outcomes.test.js > suite > passes",
    fail: "fail outcomes.test.js > suite > fails",
    skip: "skip outcomes.test.js > suite > deeper > is skipped",
    todo: "todo outcomes.test.js > suite > deeper > is to do",
    // Jest does not say that it was expected to fail.
    "expected failure": "pass outcomes.test.js > is expected to fail",
    "unexpected pass": "fail outcomes.test.js > unexpectedly passes",
    "broken set-up": "fail outcomes.test.js > broken set-up of a group > is never run",
    "broken teardown": "ERROR outcomes.test.js",
    "broken import or build": "ERROR broken-import.test.js",
    "process exit": { none: "exits.test.js, in a test of its own" },
    timeout: "fail outcomes.test.js > times out",
    flaky: "flaky retries.test.js > is flaky",
    nested: "pass outcomes.test.js > suite > deeper > passes",
    parametrised: "fail outcomes.test.js > with 2",
    "same title": "fail outcomes.test.js > same title (2)",
    "unicode name": "pass outcomes.test.js > umläut ☃",
    "hostile name": "pass outcomes.test.js > <b>bold</b>",
    "changed folder": "pass outcomes.test.js > changes folder",
    "started process": "pass outcomes.test.js > starts a process that ends",
    "message of 1 MB": "fail outcomes.test.js > large message",
  },
  mocha: {
    pass: "pass outcomes.test.cjs > suite > passes",
    fail: "fail outcomes.test.cjs > suite > fails",
    skip: "skip outcomes.test.cjs > skips itself",
    // Mocha makes no difference between these.
    todo: "skip outcomes.test.cjs > suite > deeper > is to do",
    "expected failure": { none: "mocha has none" },
    "unexpected pass": { none: "mocha has none" },
    "broken set-up": "error outcomes.test.cjs > broken set-up of a group > is never run",
    "broken teardown": "ERROR outcomes.test.cjs > broken teardown",
    "broken import or build": { none: "mocha runs nothing then: its exit code and output.log say it" },
    "process exit": { none: "exits.test.cjs, in a test of its own" },
    timeout: "fail outcomes.test.cjs > times out",
    flaky: "flaky outcomes.test.cjs > is flaky",
    nested: "pass outcomes.test.cjs > suite > deeper > passes",
    parametrised: NO_PARAMETERS,
    "same title": "fail outcomes.test.cjs > same title (2)",
    "unicode name": "pass outcomes.test.cjs > umläut ☃",
    "hostile name": "pass outcomes.test.cjs > <b>bold</b>",
    "changed folder": "pass outcomes.test.cjs > changes folder",
    "started process": "pass outcomes.test.cjs > starts a process that ends",
    "message of 1 MB": "fail outcomes.test.cjs > large message",
  },
  playwright: {
    pass: "pass [one] outcomes.spec.mjs > passes",
    fail: "fail [one] outcomes.spec.mjs > group > fails",
    skip: "skip [one] outcomes.spec.mjs > group > is skipped",
    // `fixme`, which Playwright counts as skipped.
    todo: "skip [one] outcomes.spec.mjs > group > is to be mended",
    "expected failure": "xfail [one] outcomes.spec.mjs > is expected to fail",
    "unexpected pass": "fail [one] outcomes.spec.mjs > unexpectedly passes",
    "broken set-up": "fail [one] outcomes.spec.mjs > broken set-up > fails before it begins",
    "broken teardown": "fail [one] outcomes.spec.mjs > without another try > broken teardown > is the last before it",
    "broken import or build": { none: "broken.spec.mjs, in a test of its own: Playwright runs nothing then" },
    "process exit": "fail [one] outcomes.spec.mjs > without another try > ends the process",
    timeout: "fail [one] outcomes.spec.mjs > times out",
    flaky: "flaky [one] outcomes.spec.mjs > is flaky",
    nested: "fail [one] outcomes.spec.mjs > group > fails",
    parametrised: NO_PARAMETERS,
    "same title": { none: "Playwright refuses it" },
    "unicode name": "pass [one] outcomes.spec.mjs > umläut ☃",
    "hostile name": "pass [one] outcomes.spec.mjs > <b>bold</b>",
    "changed folder": "pass [one] outcomes.spec.mjs > without another try > changes folder",
    "started process": "pass [one] outcomes.spec.mjs > without another try > starts a process that ends",
    "message of 1 MB": "fail [one] outcomes.spec.mjs > without another try > large message",
  },
  "go test": {
    pass: "pass example.com/fixture/sum > TestPasses",
    fail: "fail example.com/fixture/sum > TestFails",
    skip: "skip example.com/fixture/sum > TestSkips",
    todo: { none: "go has none" },
    "expected failure": { none: "go has none" },
    "unexpected pass": { none: "go has none" },
    "broken set-up": "ERROR example.com/fixture/main",
    "broken teardown": "fail example.com/fixture/sum > TestCleanupFails",
    "broken import or build": "ERROR example.com/fixture/broken",
    "process exit": "crashed example.com/fixture/panics > TestEndsTheProcess",
    timeout: { none: "the whole package ends then, as with a process exit" },
    flaky: { none: "go has no retries" },
    nested: "fail example.com/fixture/sum > TestGroup > deeper > fails",
    parametrised: "pass example.com/fixture/sum > TestGroup > a#b",
    "same title": "pass example.com/fixture/sum > TestGroup > same#01",
    "unicode name": "pass example.com/fixture/sum > TestGroup > umläut_☃",
    "hostile name": String.raw`pass example.com/fixture/sum > TestGroup > \u202eevil`,
    "changed folder": "pass example.com/fixture/sum > TestChangesFolder",
    "started process": { none: "its output is the runner's own, and no environment is passed on" },
    "message of 1 MB": "fail example.com/fixture/sum > TestLargeMessage",
  },
  "cargo test": {
    pass: "pass fixture unittests src/lib.rs > tests > passes",
    fail: "fail fixture unittests src/lib.rs > tests > fails",
    skip: "skip fixture unittests src/lib.rs > tests > ignored",
    todo: { none: "cargo has none" },
    // A test that should panic passes when it does, and the text does not tell it from others.
    "expected failure": "pass fixture unittests src/lib.rs > tests > panics_as_expected",
    "unexpected pass": "fail fixture unittests src/lib.rs > tests > does_not_panic",
    "broken set-up": { none: "cargo has no set-up" },
    "broken teardown": { none: "cargo has no teardown" },
    "broken import or build": { none: "cargo-broken, in a test of its own" },
    "process exit": { none: "the text has no starts: what was not run is counted" },
    timeout: { none: "the stable test program has none" },
    flaky: { none: "cargo has no retries" },
    nested: "fail fixture unittests src/lib.rs > tests > deeper > returns_an_error",
    parametrised: { none: "cargo has none" },
    "same title": { none: "Rust refuses it" },
    "unicode name": "pass fixture unittests src/lib.rs > tests > umläut",
    "hostile name": { none: "names are identifiers" },
    "changed folder": "pass fixture unittests src/lib.rs > tests > changes_folder",
    "started process": "pass fixture unittests src/lib.rs > tests > starts_a_process_that_ends",
    "message of 1 MB": "fail fixture unittests src/lib.rs > tests > deeper > large_message",
  },
  "cargo nextest": {
    pass: "pass fixture > tests > passes",
    fail: "fail fixture > tests > fails",
    skip: "skip fixture > tests > ignored",
    todo: { none: "cargo has none" },
    // A test that should panic passes when it does, and the text does not tell it from others.
    "expected failure": "pass fixture > tests > panics_as_expected",
    "unexpected pass": "fail fixture > tests > does_not_panic",
    "broken set-up": { none: "cargo has no set-up" },
    "broken teardown": { none: "cargo has no teardown" },
    "broken import or build": { none: "cargo-broken, in a test of its own" },
    "process exit": { none: "nextest runs each test in a process of its own, whose end is a failure" },
    timeout: { none: "only where the project's configuration has one" },
    flaky: { none: "with --retries, in a test of its own" },
    nested: "fail fixture > tests > deeper > returns_an_error",
    parametrised: { none: "cargo has none" },
    "same title": { none: "Rust refuses it" },
    "unicode name": "pass fixture > tests > umläut",
    "hostile name": { none: "names are identifiers" },
    "changed folder": "pass fixture > tests > changes_folder",
    "started process": "pass fixture > tests > starts_a_process_that_ends",
    "message of 1 MB": "fail fixture > tests > deeper > large_message",
  },
};

/** Asserts every line that the table has for a runner. */
export function assertOutcomes(runner: keyof typeof OUTCOMES, verdicts: readonly string[], console: string): void {
  const errors = [...console.matchAll(/^ERROR .*$/gm)].map(([line]) => line.replace(/ \([^()]*:\d+\)$/, ""));
  const found = new Set([...verdicts, ...errors]);
  for (const [outcome, shown] of Object.entries(OUTCOMES[runner])) {
    if (typeof shown !== "string") continue;
    assert.ok(found.has(shown), `${runner}, ${outcome}: '${shown}' is not among\n${[...found].join("\n")}`);
  }
}
