import assert from "node:assert/strict";
import { existsSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, test, type TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { FORMATS } from "../src/plugins/registry.ts";
import { folderWith } from "./support/jn.ts";
import { peakIn } from "./support/peak.ts";

// Heavy: what each format takes of memory for ten megabytes, and for a gigabyte made while it is read. JN_TEST_BYTES takes less of it,
// JN_TEST_FORMATS some of them: "csv,put csv".

const HEAVY = process.env["JN_TEST_HEAVY"] === "1";
const WANTED = process.env["JN_TEST_FORMATS"]?.split(",");
const GENERATE = fileURLToPath(new URL("support/generate-text.js", import.meta.url));
const MUCH = Number(process.env["JN_TEST_BYTES"] ?? 1e9);
const LITTLE = 10e6;

/** What a format takes more for a gigabyte than for ten megabytes. */
const GROWTH = 8 * 1024 * 1024;

/** How a format is measured. */
interface Promised {
  /** Read from a pipe, from a file that was written before, or not; of which part of the wanted bytes. */
  readonly read?: { readonly from: "pipe" | "file"; readonly share?: number };
  readonly write?: { readonly share?: number };
  /** The bytes of memory, besides, for a byte of the file that is held. */
  readonly perHeldByte?: number;
}

/** For every format; where a library is slow a part of the gigabyte has to do. */
const PROMISED: ReadonlyMap<string, Promised> = new Map<string, Promised>([
  ["csv", { read: { from: "pipe" }, write: {} }],
  ["tsv", { read: { from: "pipe" }, write: {} }],
  ["ndjson", { read: { from: "pipe" }, write: {} }],
  ["json", { read: { from: "pipe" }, write: {} }],
  ["yaml", { read: { from: "pipe", share: 0.1 }, write: { share: 0.1 } }],
  // One record, as long as the file: its bound is tested with those of all other formats, in endless-records and yaml-reader.
  ["toml", {}],
  ["xml", { read: { from: "pipe", share: 0.25 }, write: { share: 0.25 } }],
  ["xlsx", { read: { from: "file", share: 0.1 }, write: { share: 0.1 }, perHeldByte: 2 }],
  ["markdown", { read: { from: "pipe", share: 0.25 }, write: { share: 0.25 } }],
  ["html", { read: { from: "pipe", share: 0.25 }, write: { share: 0.25 } }],
  ["parquet", { read: { from: "file", share: 0.1 }, write: { share: 0.1 } }],
  ["avro", { read: { from: "file", share: 0.1 }, write: { share: 0.1 } }],
  ["sqlite", { read: { from: "file", share: 0.1 }, write: { share: 0.1 } }],
  ["logfmt", { read: { from: "pipe" }, write: { share: 0.25 } }],
  ["access", { read: { from: "pipe" } }],
  ["lcov", { read: { from: "pipe", share: 0.1 } }],
  ["lines", { read: { from: "pipe" }, write: { share: 0.25 } }],
  ["table", { write: { share: 0.25 } }],
]);

test("every format says what it takes of memory, and has an entry here", async () => {
  for (const entry of FORMATS) {
    const { name, modes, holds } = await entry.load();
    const promised = PROMISED.get(name);
    assert.ok(promised !== undefined, `${name} has no entry`);
    if (name === "toml") continue;
    assert.deepEqual(
      [promised.read !== undefined, promised.write !== undefined],
      [modes.includes("read"), modes.includes("write")],
      name,
    );
    // What is held of the file is declared.
    if (promised.perHeldByte !== undefined) assert.match(holds ?? "", /the compressed file/, name);
  }
});

describe(
  "memory does not grow with the input",
  { skip: HEAVY ? false : "JN_TEST_HEAVY=1 runs it", timeout: 3_600_000 },
  () => {
    for (const [format, { read, write, perHeldByte = 0 }] of PROMISED) {
      if (read !== undefined && isWanted(format)) {
        test(`reading ${format}`, async (context) => {
          const peak = async (bytes: number): Promise<Peak> =>
            read.from === "pipe"
              ? await peakOf(context, `"$NODE" '${GENERATE}' ${format} ${bytes} | watched cat -~${format}`)
              : await peakOf(
                  context,
                  `"$NODE" '${GENERATE}' ndjson ${bytes} | "$NODE" "$JN" put 'f~${format}'; watched cat 'f~${format}'`,
                );
          await requireFlat(context, peak, MUCH * (read.share ?? 1), perHeldByte);
        });
      }
      if (write !== undefined && isWanted(`put ${format}`)) {
        test(`writing ${format}`, async (context) => {
          const text = format === "lines" ? `| sed 's/.*"name":\\("[^"]*"\\).*/\\1/'` : "";
          const peak = async (bytes: number): Promise<Peak> =>
            await peakOf(context, `"$NODE" '${GENERATE}' ndjson ${bytes} ${text} | watched put -~${format}`);
          await requireFlat(context, peak, MUCH * (write.share ?? 1), 0);
        });
      }
    }
  },
);

function isWanted(name: string): boolean {
  return WANTED === undefined || WANTED.includes(name);
}

interface Peak {
  /** The most memory that the command `watched` had. */
  readonly bytes: number;
  /** Of the file that it read, if there is one. */
  readonly size: number;
}

async function requireFlat(
  context: TestContext,
  peak: (bytes: number) => Promise<Peak>,
  most: number,
  perHeldByte: number,
): Promise<void> {
  const little = await peak(LITTLE);
  const much = await peak(most);
  const growth = much.bytes - little.bytes;
  const allowed = GROWTH + perHeldByte * (much.size - little.size);
  const shown = `${most / 1e6} MB: peak ${Math.round(much.bytes / 1024)} kB, for ${LITTLE / 1e6} MB ${Math.round(little.bytes / 1024)} kB`;
  context.diagnostic(`${shown}, a growth of ${Math.round(growth / 1024)} kB`);
  assert.ok(growth <= allowed, `${shown}; allowed are ${Math.round(allowed / 1024)} kB more`);
}

/** Of `watched`; a file `f` that the command makes is what it reads. */
async function peakOf(context: TestContext, command: string): Promise<Peak> {
  const cwd = folderWith(context);
  const bytes = await peakIn(cwd, command);
  const file = join(cwd, "f");
  const size = existsSync(file) ? statSync(file).size : 0;
  rmSync(file, { force: true });
  return { bytes, size };
}
