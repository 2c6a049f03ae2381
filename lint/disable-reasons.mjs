// Every comment that switches a lint rule off names the rule, and says why after two hyphens, as in
// "oxlint-disable-next-line streaming/no-shell -- the user asked for a shell".
//
// This is no lint rule because a comment that switches everything off would switch it off, too.
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const DIRECTIVE = /(?:\/\/|\/\*)\s*(?:oxlint|eslint)-disable(?:-next-line|-line)?(?![\w-])(.*)/;
const NAMED_AND_REASONED = /^\s+[\w@/-]+(?:\s*,\s*[\w@/-]+)*\s+--\s+\S+\s+\S+/;

/** The numbers of the lines that switch a rule off without naming it, or without a reason of two words or more. */
export function linesWithoutReason(text) {
  const lines = text.split("\n").map((line, index) => ({ number: index + 1, directive: DIRECTIVE.exec(line) }));
  return lines
    .filter(({ directive }) => directive !== null && !NAMED_AND_REASONED.test(directive[1]))
    .map(({ number }) => number);
}

function sourceFiles(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (/^(node_modules|dist|target|out|\..*)$/.test(entry.name)) return [];
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sourceFiles(path);
    return /\.[cm]?[jt]s$/.test(entry.name) ? [path] : [];
  });
}

function main() {
  const root = fileURLToPath(new URL("..", import.meta.url));
  for (const path of sourceFiles(root)) {
    for (const line of linesWithoutReason(readFileSync(path, "utf8"))) {
      console.error(`${relative(root, path)}:${line}: name the rule, and add a reason after " -- "`);
      process.exitCode = 1;
    }
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) main();
