// Writes docs/cli.md, the reference page of the command line, from the commands' own data; run it after a build.
//
//   node scripts/cli-reference.mjs            writes the page
//   node scripts/cli-reference.mjs --check    fails when the page is not what it would write
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./workspace.mjs";

const sources = join(root, "packages/jn/dist/src");
const { cliReference } = await import(join(sources, "cli/reference.js"));
const { loadCommands } = await import(join(sources, "commands/registry.js"));
const { CODECS, FORMATS } = await import(join(sources, "plugins/registry.js"));

const path = join(root, "docs/cli.md");
const loaded = async (entries) => Promise.all(entries.map((entry) => entry.load()));
const page = cliReference(await loadCommands(), await loaded(FORMATS), await loaded(CODECS));
if (!process.argv.includes("--check")) writeFileSync(path, page);
else if (readFileSync(path, "utf8") !== page) {
  console.error("docs/cli.md is not up to date: run node scripts/cli-reference.mjs");
  process.exitCode = 1;
}
