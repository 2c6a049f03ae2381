import { statSync } from "node:fs";
import { ByteSink, type Transcoder } from "@jn/wire";
import { parseAddress } from "../../address/address.ts";
import { readRecordsFrom } from "../../address/records-in.ts";
import type { Command, FlagSpec } from "../../cli/command.ts";
import { flagsOf } from "../../cli/common-flags.ts";
import { recordLines } from "../../formats/ndjson/record-lines.ts";
import { eachKey } from "../../json/object-keys.ts";
import { checkRecord } from "../../json/record-check.ts";
import { FORMATS } from "../../plugins/registry.ts";
import { allProfiles } from "../../profiles/profile-lookup.ts";

/**
 * What the last of these words can be; none: files, which the shell knows.
 *
 * @param words of a command line, `jn` included
 */
export async function candidates(words: readonly string[], commands: readonly Command[]): Promise<readonly string[]> {
  const last = words.at(-1) ?? "";
  if (words.length <= 2) return starting(last, [...commands.map(({ name }) => name), "help"]);
  const command = commands.find(({ name }) => name === words[1]);
  if (command === undefined)
    return words[1] === "help"
      ? starting(
          last,
          commands.map(({ name }) => name),
        )
      : [];
  const flags = flagsOf(command);
  const asked = flagOf(flags, words.at(-2) ?? "");
  if (asked !== undefined && FIELD_VALUES.has(asked.values?.[0] ?? "")) return await fields(words, last);
  if (last.startsWith("-"))
    return starting(
      last,
      flags.map(({ name }) => `--${name}`),
    );
  if (last.startsWith("@"))
    return starting(
      last,
      (await allProfiles()).map(({ name }) => `@${name}`),
    );
  const tilde = last.lastIndexOf("~");
  return tilde < 1
    ? []
    : starting(
        last,
        FORMATS.map(({ name }) => `${last.slice(0, tilde + 1)}${name}`),
      );
}

/** The flag that a word is, if it is one and its value is to follow. */
function flagOf(flags: readonly FlagSpec[], word: string): FlagSpec | undefined {
  return flags.find(({ name, short }) => word === `--${name}` || (short !== undefined && word === `-${short}`));
}

/** The fields of the first record of the first file on the command line, after those that the word has already. */
async function fields(words: readonly string[], last: string): Promise<readonly string[]> {
  const file = words.slice(2, -1).find((word) => statSync(word, { throwIfNoEntry: false })?.isFile() === true);
  if (file === undefined) return [];
  const before = last.slice(0, last.lastIndexOf(",") + 1);
  const taken = new Set(before.split(","));
  const names: string[] = [];
  const context = { maxRecordBytes: MAX_RECORD_BYTES, warn: () => undefined };
  await readRecordsFrom([parseAddress(file)], context, new ByteSink(() => undefined), firstKeys(names));
  return starting(
    last,
    names.filter((name) => /^[\w-]+$/.test(name) && !taken.has(name)).map((name) => before + name),
  );
}

function firstKeys(names: string[]): Transcoder {
  let isFinished = false;
  return recordLines({ source: "the file", maxRecordBytes: MAX_RECORD_BYTES }, (position) => ({
    record(bytes, lineStart, start) {
      const end = checkRecord(bytes, lineStart, start, position);
      if (bytes[start] === OPEN_BRACE) eachKey(bytes, start, (key) => names.push(key));
      isFinished = true;
      return end;
    },
    get finished() {
      return isFinished;
    },
  }));
}

function starting(word: string, all: readonly string[]): readonly string[] {
  return all.filter((candidate) => candidate.startsWith(word));
}

const FIELD_VALUES: ReadonlySet<string> = new Set(["FIELDS", "FIELD", "NAMES"]);
const OPEN_BRACE = 123;
/** Nobody waits at a prompt for a longer one. */
const MAX_RECORD_BYTES = 1024 * 1024;
