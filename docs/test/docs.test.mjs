// Executes the examples of the documentation: every ```console block of README.md, docs/*.md and examples/*.md.
//
// Also every ```js block: a module, run in one folder a document; the ```text block that follows is what it prints.
//
// "$ command" lines are run by bash, in one folder a document; the lines that follow are what they print, standard error
// included, and "[N]" is their exit code when it is not 0. An `export` holds for the rest of the document.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";

const root = join(fileURLToPath(new URL(".", import.meta.url)), "../..");
const jn = join(root, "packages/jn/dist/bin/jn.cjs");
const threepio = join(root, "packages/threepio/dist/bin/3pio.cjs");
const pagesIn = (folder) =>
  readdirSync(join(root, folder))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `${folder}/${name}`);
const documents = ["README.md", ...pagesIn("docs"), ...pagesIn("examples")];

for (const document of documents) {
  const examples = examplesIn(readFileSync(join(root, document), "utf8"));
  if (examples.length === 0) continue;
  describe(document, () => {
    let exports = "";
    for (const { line, command, expected } of examples) {
      test(`line ${line}: ${command}`, { timeout: 60_000 }, async (context) => {
        const folder = folderOf(document);
        const { output, status } = await run(`${exports}${command}`, folder);
        if (command.startsWith("export ")) exports += `${command}; `;
        const shown = status === 0 ? output : `${output}[${status}]\n`;
        context.diagnostic(`cwd: ${folder}`);
        assert.equal(shown, expected, `${document}:${line}: ${command}\nstatus: ${status}\noutput:\n${output}`);
      });
    }
  });
}

for (const document of documents) {
  const modules = modulesIn(readFileSync(join(root, document), "utf8"));
  if (modules.length === 0) continue;
  describe(`${document}: modules`, () => {
    for (const { line, source, expected } of modules) {
      test(`line ${line}`, { timeout: 60_000 }, async (context) => {
        const folder = folderOf(document);
        context.diagnostic(`cwd: ${folder}`);
        if (!existsSync(join(folder, "node_modules")))
          symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
        writeFileSync(join(folder, "example.mjs"), source);
        const { output, status } = await run('"$NODE" example.mjs', folder);
        const trimmed = output.replaceAll(/ +$/gm, "");
        assert.equal(
          trimmed,
          expected.replaceAll(/ +$/gm, ""),
          `${document}:${line}\nstatus: ${status}\noutput:\n${output}`,
        );
        assert.equal(status, 0, output);
      });
    }
  });
}

test("docs/cli.md is what the commands' own data make of it", { timeout: 60_000 }, async () => {
  const { output, status } = await run('"$NODE" scripts/cli-reference.mjs --check', root);
  assert.equal(status, 0, output);
});

function modulesIn(text) {
  const modules = [];
  const lines = text.split("\n");
  for (let at = 0; at < lines.length; at++) {
    const language = /^```(js|text)$/.exec(lines[at])?.[1];
    if (language === undefined) continue;
    const end = lines.indexOf("```", at + 1);
    const content = `${lines.slice(at + 1, end).join("\n")}\n`;
    if (language === "js") modules.push({ line: at + 1, source: content, expected: "" });
    else if (modules.length > 0) modules.at(-1).expected = content;
    at = end;
  }
  return modules;
}

function examplesIn(text) {
  const examples = [];
  let inBlock = false;
  for (const [index, line] of text.split("\n").entries()) {
    if (line.startsWith("```")) inBlock = line === "```console";
    else if (inBlock && line.startsWith("$ ")) examples.push({ line: index + 1, command: line.slice(2), expected: "" });
    else if (inBlock) examples.at(-1).expected += `${line}\n`;
  }
  return examples;
}

const folders = new Map();
process.on("exit", () => {
  for (const folder of folders.values()) rmSync(folder, { recursive: true, force: true });
});

function folderOf(document) {
  if (!folders.has(document)) folders.set(document, mkdtempSync(join(tmpdir(), "jn-docs-")));
  return folders.get(document);
}

async function run(command, cwd) {
  const script = `jn() { "$NODE" "$JN" "$@"; }\n3pio() { "$NODE" "$THREEPIO" "$@"; }\n{ ${command}\n} 2>&1`;
  const env = { ...process.env, NODE: process.execPath, JN: jn, THREEPIO: threepio, REPOSITORY: root };
  // Examples are not part of this test run: a node --test among them would say nothing.
  delete env.NODE_TEST_CONTEXT;
  const child = spawn("bash", ["--norc", "-c", script], { cwd, env, stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (chunk) => (output += chunk));
  const [status] = await once(child, "close");
  return { output, status };
}
