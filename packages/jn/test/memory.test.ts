import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { folderWith } from "./support/jn.ts";
import { peakIn, peakOf } from "./support/peak.ts";

// Heavy: a gigabyte of each format that is said to stream, made while it is read. JN_TEST_BYTES and JN_TEST_FORMATS take less of it.

const HEAVY = process.env["JN_TEST_HEAVY"] === "1";
const WANTED = process.env["JN_TEST_FORMATS"]?.split(",");
const GENERATE = fileURLToPath(new URL("support/generate-text.js", import.meta.url));
const GIGABYTE = Number(process.env["JN_TEST_BYTES"] ?? 1e9);

/** How much less than a gigabyte of a format is enough: its library takes a second for a megabyte or two. */
const SLOWER: ReadonlyMap<string, number> = new Map([["yaml", 16]]);

/** How many bytes more than for a sixteenth of the input. What the collector of the engine leaves lying about is not ours. */
const SLACK_BYTES = 32 * 1024 * 1024;

describe(
  "memory does not grow with the input",
  { skip: HEAVY ? false : "JN_TEST_HEAVY=1 runs it", timeout: 3_600_000 },
  () => {
    const formats = [
      "ndjson",
      "json",
      "csv",
      "tsv",
      "yaml",
      "xml",
      "html",
      "markdown",
      "logfmt",
      "access",
      "lines",
      "lcov",
    ];
    for (const format of formats.filter((name) => WANTED?.includes(name) ?? true)) {
      test(`reading ${format}`, async (context) => {
        const bytes = Math.round(GIGABYTE / (SLOWER.get(format) ?? 1));
        const little = await peakOf(
          context,
          `"$NODE" '${GENERATE}' ${format} ${Math.round(bytes / 16)} | watched cat -~${format}`,
        );
        const much = await peakOf(context, `"$NODE" '${GENERATE}' ${format} ${bytes} | watched cat -~${format}`);
        context.diagnostic(`${format}: ${bytes} bytes, peak ${much} bytes; ${little} for a sixteenth`);
        assert.ok(much < little + SLACK_BYTES, `${much} bytes at most, ${little} for a sixteenth of the input`);
      });
    }

    // What is written: of each of them a stream.
    const written = [
      "json",
      "csv",
      "yaml",
      "xml",
      "html",
      "markdown",
      "logfmt",
      "lines",
      "xlsx",
      "sqlite",
      "parquet",
      "avro",
    ];
    for (const format of written.filter((name) => WANTED?.includes(`put-${name}`) ?? true)) {
      test(`writing ${format}`, async (context) => {
        const bytes = Math.round(GIGABYTE / 8);
        const records = (count: number): string =>
          format === "lines"
            ? `"$NODE" '${GENERATE}' ndjson ${count} | sed 's/.*"name":\\("[^"]*"\\).*/\\1/'`
            : `"$NODE" '${GENERATE}' ndjson ${count}`;
        const little = await peakOf(context, `${records(Math.round(bytes / 16))} | watched put -~${format}`);
        const much = await peakOf(context, `${records(bytes)} | watched put -~${format}`);
        context.diagnostic(`put ${format}: ${bytes} bytes, peak ${much} bytes; ${little} for a sixteenth`);
        assert.ok(much < little + SLACK_BYTES, `${much} bytes at most, ${little} for a sixteenth of the input`);
      });
    }

    // Read from their files: a row group, a block, a page at a time; of a workbook the packed file.
    const files = ["parquet", "avro", "sqlite", "xlsx"];
    for (const format of files.filter((name) => WANTED?.includes(name) ?? true)) {
      test(`reading ${format}: what it holds does not grow with the file`, async (context) => {
        const bytes = Math.round(GIGABYTE / 8);
        const peak = async (count: number): Promise<readonly [peak: number, size: number]> => {
          const cwd = folderWith(context);
          const made = `"$NODE" '${GENERATE}' ndjson ${count} | "$NODE" "$JN" put 'f~${format}'; stat -c %s f > size; watched cat 'f~${format}'`;
          return [await peakIn(cwd, made), Number(readFileSync(join(cwd, "size"), "utf8"))];
        };
        const [little] = await peak(Math.round(bytes / 16));
        const [much, size] = await peak(bytes);
        const allowed = little + SLACK_BYTES + (format === "xlsx" ? 2 * size : 0);
        context.diagnostic(`${format}: a file of ${size} bytes, peak ${much} bytes; ${little} for a sixteenth`);
        assert.ok(much < allowed, `${much} bytes at most, ${little} for a sixteenth; the file has ${size}`);
      });
    }
  },
);
