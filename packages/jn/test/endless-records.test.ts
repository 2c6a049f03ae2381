import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parseAddress } from "../src/address/address.ts";
import { planReading } from "../src/address/plan.ts";
import { FORMATS } from "../src/plugins/registry.ts";
import type { ByteStage } from "../src/plugins/plugin.ts";
import { transcodingStage } from "../src/streams/transcoding-stage.ts";

// A record that never ends: refused soon after the bound, whatever the part of the format is that goes on and on.

interface Endless {
  /** What it begins with, and what comes again and again. */
  readonly before: string;
  readonly again: string;
  readonly address?: string;
}

const csv = [
  { before: "a,b\n1,", again: "x" },
  { before: 'a,b\n1,"', again: "x\n" },
  { before: "", again: "name," },
];

/** For every format that reads; a format that has no entry fails. */
const ENDLESS: ReadonlyMap<string, readonly Endless[]> = new Map([
  ["csv", csv],
  [
    "tsv",
    csv.map(({ before, again }) => ({ before: before.replaceAll(",", "\t"), again: again.replaceAll(",", "\t") })),
  ],
  [
    "ndjson",
    [
      { before: '{"a":"', again: "x" },
      { before: "[", again: "1," },
    ],
  ],
  [
    "json",
    [
      { before: '[{"a":"', again: "x" },
      { before: "[[", again: "1," },
    ],
  ],
  [
    "yaml",
    [
      { before: "a: |\n", again: "  text\n" },
      { before: "- a\n- ", again: "x" },
      { before: "a:\n", again: "- b\n" },
      { before: "[", again: "1, " },
      { before: "---\n", again: "# only comments\n" },
    ],
  ],
  ["toml", [{ before: "", again: "[[a]]\nb = 1\n" }]],
  [
    "xml",
    [
      { before: "<r><a>", again: "text" },
      { before: "<r><a>", again: "&#65;" },
      { before: "<r><a>", again: "<b/>" },
      { before: "<r><a ", again: 'b="' },
      { before: '<r><a b="', again: "x" },
      { before: "<r><", again: "a" },
      { before: "<r><!-- ", again: "x" },
      { before: "<r><![CDATA[", again: "x" },
      { before: "<?xml ", again: "x" },
      { before: "<!DOCTYPE r [", again: "<!ELEMENT a EMPTY>" },
      { before: "<r><a>&", again: "x" },
    ],
  ],
  [
    "html",
    [
      { before: "<table><tr><td>", again: "text" },
      { before: "<table><tr><td>", again: "&#65;" },
      { before: "<table><tr>", again: "<td>" },
      { before: '<table><tr><td title="', again: "x" },
      { before: "<", again: "a" },
      { before: "<!-- ", again: "x" },
      { before: "<table><tr><td>&", again: "x" },
    ],
  ],
  [
    "markdown",
    [
      { before: "|a|\n|-|\n|", again: "x" },
      { before: "---\n", again: "a: b\n", address: "-~markdown?mode=document" },
      { before: "", again: "text\n", address: "-~markdown?mode=document" },
    ],
  ],
  [
    "logfmt",
    [
      { before: "a=", again: "x" },
      { before: 'a="', again: "x" },
      { before: "", again: "a=1 " },
    ],
  ],
  ["access", [{ before: "h - - [", again: "x" }]],
  [
    "lcov",
    [
      { before: "SF:", again: "x" },
      { before: "SF:a\n", again: "DA:1,1\n" },
      { before: "SF:a\n", again: "BRDA:1,0,0,1\n" },
    ],
  ],
  ["lines", [{ before: "", again: "x" }]],
  ["avro", [{ before: "Obj\u0001\u0002\u0002a\u00fe\u00ff\u00ff\u00ff\u000f", again: "x" }]],
  // The packed file is what is held.
  ["xlsx", [{ before: "PK\u0003\u0004", again: "x" }]],
  // They are read from a file, which has an end; what of it would be too large is refused by what it says of itself.
  ["parquet", []],
  ["sqlite", []],
]);

const BOUND = 200_000;
const CHUNK = 16 * 1024;

describe("a record that never ends is refused soon after the bound", { timeout: 60_000 }, () => {
  for (const { name } of FORMATS) {
    test(name, async () => {
      const { read } = await FORMATS.find((format) => format.name === name)!.load();
      if (read === undefined) return;
      const all = ENDLESS.get(name);
      assert.ok(all !== undefined, `${name} has no entry here`);
      for (const { before, again, address = `-~${name}` } of all) {
        const [plan] = await planReading(parseAddress(address), "in");
        const about = { name: "in", maxRecordBytes: BOUND, warn: (): undefined => undefined };
        const opened = await read(plan!.options, about);
        const stage: ByteStage = "push" in opened ? transcodingStage(opened) : opened;
        let given = 0;
        async function* endless(): AsyncGenerator<Buffer, void, undefined> {
          yield Buffer.from(before, "latin1");
          const chunk = Buffer.from(again.repeat(Math.ceil(CHUNK / again.length)));
          for (; given < 10 * BOUND; given += chunk.length) yield chunk;
        }
        let written = 0;
        const what = `${name}: ${before}${again}${again}...`;
        await assert.rejects(
          async () => {
            for await (const chunk of stage(endless())) written += chunk.length;
          },
          (error: Error & { readonly code?: unknown }) => {
            assert.match(String(error.code), /RECORD_TOO_LONG|BAD_DATA/, `${what} ${error.message}`);
            return true;
          },
          what,
        );
        // A reference of five characters is one of the text.
        assert.ok(given <= (again.startsWith("&") ? 5 : 2) * BOUND + 4 * CHUNK, `${what} took ${given} bytes`);
        assert.ok(written < 100, `${what} wrote ${written} bytes`);
      }
    });
  }
});
