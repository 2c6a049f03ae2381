import assert from "node:assert/strict";
import { test } from "node:test";
import { linesWithoutReason } from "../disable-reasons.mjs";

// Put together here, so that neither oxlint nor the check takes them for comments of this file.
const OXLINT = ["oxlint", "disable"].join("-");
const ESLINT = ["eslint", "disable"].join("-");

const refused = [
  `// ${OXLINT}`,
  `// ${OXLINT}-next-line`,
  `// ${OXLINT}-next-line eslint/no-eval`,
  `// ${OXLINT}-next-line eslint/no-eval --`,
  `// ${OXLINT}-next-line eslint/no-eval -- why`,
  `// ${OXLINT}-next-line -- a reason but no rule`,
  `let a; // ${ESLINT}-line no-eval`,
  `/* ${OXLINT} */`,
  `/* ${ESLINT} no-eval */`,
];

const accepted = [
  `// ${OXLINT}-next-line eslint/no-eval -- the program is ours`,
  `// ${OXLINT}-next-line eslint/no-eval, typescript/no-explicit-any -- both are needed`,
  `let a; // ${ESLINT}-line no-eval -- a short reason`,
  `/* ${OXLINT} streaming/no-shell -- this is the shell */`,
  `const text = "to disable oxlint";`,
  `// the ${OXLINT}d rules are listed above`,
];

for (const line of refused) {
  test(`refuses ${line}`, () => {
    assert.deepEqual(linesWithoutReason(`const before = 1;\n${line}\nconst after = 2;\n`), [2]);
  });
}

for (const line of accepted) {
  test(`accepts ${line}`, () => {
    assert.deepEqual(linesWithoutReason(line), []);
  });
}
