/** The languages that there are templates for, and the extension of their files. */
export const LANGUAGES: ReadonlyMap<string, string> = new Map([
  ["python", ".py"],
  ["shell", ".sh"],
  ["javascript", ".mjs"],
  ["typescript", ".mjs"],
]);

/** A plugin that works, for a format of lines `key=value;key=value`, to be changed into what is wanted. */
export function template(language: string, name: string): string {
  const header = [
    "/// script",
    "[tool.jn]",
    `name = "${name}"`,
    `matches = ["*.${name}"]`,
    'role = "format"',
    'modes = ["read", "write"]',
    "///",
  ];
  const comment = language.endsWith("script") ? "//" : "#";
  const block = header.map((line) => `${comment} ${line}\n`).join("");
  return BODIES.get(language)!.replace("@HEADER@\n", block).replaceAll("@NAME@", name);
}

const PYTHON = `#!/usr/bin/env python3
@HEADER@
import json
import signal
import sys

META = {"name": "@NAME@", "role": "format", "matches": ["*.@NAME@"], "modes": ["read", "write"]}


def read():
    for line in sys.stdin:
        line = line.rstrip("\\n")
        if line:
            record = dict(pair.split("=", 1) for pair in line.split(";"))
            print(json.dumps(record, ensure_ascii=False, separators=(",", ":")), flush=True)


def write():
    for line in sys.stdin:
        if line.strip():
            record = json.loads(line)
            print(";".join(f"{key}={value}" for key, value in record.items()), flush=True)


signal.signal(signal.SIGPIPE, signal.SIG_DFL)
if sys.argv[1:] == ["--jn-meta"]:
    print(json.dumps(META))
elif sys.argv[1:] == ["--mode=read"]:
    read()
elif sys.argv[1:] == ["--mode=write"]:
    write()
else:
    sys.exit(f"usage: {sys.argv[0]} --jn-meta | --mode=read | --mode=write")
`;

const SHELL = `#!/bin/sh
@HEADER@
set -eu
case "$*" in
  --jn-meta)
    echo '{"name":"@NAME@","role":"format","matches":["*.@NAME@"],"modes":["read","write"]}'
    ;;
  --mode=read)
    jq --raw-input --compact-output --unbuffered \\
      'select(. != "") | split(";") | map(split("=") | {(.[0]): (.[1:] | join("="))}) | add'
    ;;
  --mode=write)
    jq --raw-output --unbuffered 'to_entries | map("\\(.key)=\\(.value)") | join(";")'
    ;;
  *)
    echo "usage: $0 --jn-meta | --mode=read | --mode=write" >&2
    exit 2
    ;;
esac
`;

const JAVASCRIPT = `#!/usr/bin/env node
@HEADER@
import { createInterface } from "node:readline";

const META = { name: "@NAME@", role: "format", matches: ["*.@NAME@"], modes: ["read", "write"] };
const toRecord = (line) => JSON.stringify(Object.fromEntries(line.split(";").map((pair) => pair.split(/=(.*)/s, 2))));
const toLine = (line) => Object.entries(JSON.parse(line)).map(([key, value]) => \`\${key}=\${value}\`).join(";");

async function convert(change) {
  // A reader that left is no error.
  process.stdout.on("error", (error) => process.exit(error.code === "EPIPE" ? 141 : 1));
  for await (const line of createInterface({ input: process.stdin })) {
    if (line === "") continue;
    if (!process.stdout.write(\`\${change(line)}\\n\`)) await new Promise((resolve) => process.stdout.once("drain", resolve));
  }
}

const [mode, ...rest] = process.argv.slice(2);
if (mode === "--jn-meta") console.log(JSON.stringify(META));
else if (mode === "--mode=read" && rest.length === 0) await convert(toRecord);
else if (mode === "--mode=write" && rest.length === 0) await convert(toLine);
else {
  console.error("usage: --jn-meta | --mode=read | --mode=write");
  process.exitCode = 2;
}
`;

/** Types in comments, which `tsc --checkJs` and editors check: every Node runs it as it stands, and types are not what it has to load. */
const TYPESCRIPT = `#!/usr/bin/env node
@HEADER@
// @ts-check
// TypeScript checks the types in the comments: tsc --noEmit --checkJs --strict --types node THIS_FILE
import { createInterface } from "node:readline";

const META = { name: "@NAME@", role: "format", matches: ["*.@NAME@"], modes: ["read", "write"] };

/** @type {(line: string) => string} */
function toRecord(line) {
  return JSON.stringify(Object.fromEntries(line.split(";").map((pair) => {
    const [, key = pair, value = ""] = /^([^=]*)=(.*)$/s.exec(pair) ?? [];
    return [key, value];
  })));
}

/** @type {(line: string) => string} */
function toLine(line) {
  /** @type {Readonly<Record<string, unknown>>} */
  const record = JSON.parse(line);
  return Object.entries(record).map(([key, value]) => \`\${key}=\${String(value)}\`).join(";");
}

/** @param {(line: string) => string} change */
async function convert(change) {
  // A reader that left is no error.
  process.stdout.on("error", (error) => process.exit("code" in error && error.code === "EPIPE" ? 141 : 1));
  for await (const line of createInterface({ input: process.stdin })) {
    if (line === "") continue;
    if (!process.stdout.write(\`\${change(line)}\\n\`)) await new Promise((resolve) => process.stdout.once("drain", resolve));
  }
}

const [mode, ...rest] = process.argv.slice(2);
if (mode === "--jn-meta") console.log(JSON.stringify(META));
else if (mode === "--mode=read" && rest.length === 0) await convert(toRecord);
else if (mode === "--mode=write" && rest.length === 0) await convert(toLine);
else {
  console.error("usage: --jn-meta | --mode=read | --mode=write");
  process.exitCode = 2;
}
`;

const BODIES: ReadonlyMap<string, string> = new Map([
  ["python", PYTHON],
  ["shell", SHELL],
  ["javascript", JAVASCRIPT],
  ["typescript", TYPESCRIPT],
]);
