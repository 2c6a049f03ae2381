// Finds the tests and runs them with node:test, on any Node.
import { existsSync, readdirSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { root, run, StepFailed } from "./workspace.mjs";

const MINUTE_MS = 60_000;

/** The built tests of every package. A test whose source is gone still lies in dist: that one is left out. */
export function packageTests() {
  return foldersIn("packages").flatMap((folder) =>
    filesIn(join(folder, "dist/test"), ".test.js").filter((path) => existsSync(sourceOf(path))),
  );
}

/** Tests that need no build: those of the lint rules, and of the documentation. */
export function otherTests() {
  return [...filesIn("lint/test", ".test.mjs"), ...filesIn("docs/test", ".test.mjs")];
}

/** Runs test files on `node`, its report on our own output; resolves with the exit code. */
export async function runTests(node, files, { heavy = false } = {}) {
  // Without files, node --test would go and look for some.
  if (files.length === 0) throw new StepFailed("no tests found");
  const args = [
    "--import",
    new URL("property-seed.mjs", import.meta.url).href,
    "--test",
    "--test-reporter=spec",
    `--test-concurrency=${heavy ? 1 : 2}`,
    // Bounds each test from Node 24 on; Node 20 and 22 take it for the whole file, so it is generous.
    `--test-timeout=${(heavy ? 60 : 5) * MINUTE_MS}`,
    ...files,
  ];
  return run(node, args, { env: heavy ? { JN_TEST_HEAVY: "1" } : {} });
}

function sourceOf(builtTest) {
  return join(root, dirname(builtTest), "../../test", basename(builtTest).replace(/\.js$/, ".ts"));
}

function foldersIn(folder) {
  return entriesIn(folder, (entry) => entry.isDirectory());
}

function filesIn(folder, ending) {
  return entriesIn(folder, (entry) => entry.isFile() && entry.name.endsWith(ending));
}

function entriesIn(folder, wanted) {
  const path = join(root, folder);
  if (!existsSync(path)) return [];
  return readdirSync(path, { withFileTypes: true })
    .filter(wanted)
    .map((entry) => relative(root, join(path, entry.name)))
    .toSorted();
}
