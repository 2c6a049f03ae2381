// What .oxlintrc.json promises beyond the defaults, through the real oxlint with type information.
import assert from "node:assert/strict";
import { test } from "node:test";
import { lint } from "./workspace.mjs";

const refused = {
  "typescript(no-floating-promises)": {
    "packages/one/src/floating.ts": `export async function work(): Promise<void> {}\nwork();\n`,
  },
  "import(no-cycle)": {
    "packages/one/src/tick.ts": `import { tock } from "./tock.ts";\nexport const tick = (): string => tock();\n`,
    "packages/one/src/tock.ts": `import { tick } from "./tick.ts";\nexport const tock = (): string => tick();\n`,
  },
  "import(no-default-export)": { "packages/one/src/default.ts": `export default 1;\n` },
  "typescript(no-explicit-any)": { "packages/one/src/any.ts": `export const value: any = 1;\n` },
  "typescript(no-unsafe-member-access)": {
    "packages/one/src/unsafe.ts": `export const name = String(JSON.parse("{}").name);\n`,
  },
  "typescript(switch-exhaustiveness-check)": {
    "packages/one/src/switch.ts":
      `export function size(kind: "a" | "b"): number {\n` +
      `  switch (kind) {\n    case "a":\n      return 1;\n  }\n  return 0;\n}\n`,
  },
  "typescript(ban-ts-comment)": {
    "packages/one/src/ignored.ts": `// @ts-expect-error\nexport const one: string = 1;\n`,
  },
  "eslint(no-console)": { "packages/one/src/console.ts": `console.log("a");\nexport {};\n` },
  "unicorn(filename-case)": { "packages/one/src/CamelCase.ts": `export {};\n` },
  "eslint(no-restricted-imports)": {
    "packages/wire/src/starts.ts": `import { spawn } from "node:child_process";\nexport { spawn };\n`,
  },
};

const accepted = {
  "tests that node:test waits for": {
    "packages/one/test/promise.test.ts":
      `import { describe, it, suite, test } from "node:test";\n` +
      `test("a", () => undefined);\nit("b", async () => {});\n` +
      `describe("c", () => {\n  test("d", () => undefined);\n});\nsuite("e", () => undefined);\n`,
  },
  "byte loops: indices without checks, bit operations, labels": {
    "packages/one/src/bytes.ts":
      `export function sum(bytes: Uint8Array): number {\n  let total = 0;\n` +
      `  outer: for (let row = 0; row < bytes.length; row += 8) {\n` +
      `    for (let at = row; at < row + 8; at++) {\n` +
      `      if (at === bytes.length) break outer;\n      total ^= bytes[at]! << 1;\n    }\n  }\n  return total;\n}\n`,
  },
  "an exhaustive switch without a default": {
    "packages/one/src/exhaustive.ts":
      `export function size(kind: "a" | "b"): number {\n` +
      `  switch (kind) {\n    case "a":\n      return 1;\n    case "b":\n      return 2;\n  }\n}\n`,
  },
  "one chunk after the other": {
    "packages/one/src/chunks.ts":
      `export async function drain(next: () => Promise<number>): Promise<void> {\n` +
      `  while ((await next()) > 0) await new Promise((resolve) => setTimeout(resolve, 1));\n}\n`,
  },
};

const found = lint(Object.assign({}, ...Object.values(refused), ...Object.values(accepted)));

for (const [code, files] of Object.entries(refused)) {
  test(`${code} is on`, () => {
    const path = Object.keys(files)[0];
    assert.ok(found.get(path).includes(code), `found only ${JSON.stringify(found.get(path))}`);
  });
}

for (const [name, files] of Object.entries(accepted)) {
  test(`accepts ${name}`, () => {
    for (const path of Object.keys(files)) assert.deepEqual(found.get(path), []);
  });
}
