// Says whether what a command wrote is the right answer, record by record, so that nobody wins by being wrong.
//
// What is right is computed here, in a few lines of plain JavaScript, from the typed NDJSON that the generator wrote.
import { createHash } from "node:crypto";
import { closeSync, openSync, readSync, statSync, writeSync } from "node:fs";

/** How well an output agrees, from best to worst. Beyond the last, it is wrong. Ours must reach the first. */
const TYPED_LEVELS = [
  { note: "same", same: (got, wanted) => JSON.stringify(got) === JSON.stringify(wanted) },
  {
    note: "same, keys reordered",
    same: (got, wanted) => JSON.stringify(sorted(got)) === JSON.stringify(sorted(wanted)),
  },
  { note: "same as text only", same: sameText },
];
const TEXT_LEVELS = [
  { note: "same", same: (got, wanted) => JSON.stringify(got) === JSON.stringify(asText(wanted)) },
  { note: "same, numbers written otherwise", same: sameText },
];

/** Writes the texts of the records that a job should give to the file at `path`, a line each: `wanted` is as expectedRecords has it. */
export function writeExpected(path, ndjsonPath, wanted, lookupPath) {
  const fd = openSync(path, "w");
  let lines = "";
  for (const text of expectedRecords(ndjsonPath, wanted, lookupPath)) {
    lines += `${text}\n`;
    if (lines.length < 1 << 20) continue;
    writeSync(fd, lines);
    lines = "";
  }
  writeSync(fd, lines);
  closeSync(fd);
}

/**
 * The texts of the records that a job should give. `keep` answers true (as it is), false (drop), or the new record; `all`
 * makes the results of all records.
 */
function* expectedRecords(ndjsonPath, { keep, all, first = Infinity, join }, lookupPath) {
  if (join !== undefined) {
    yield* joinedRecords(ndjsonPath, join, lookupPath);
    return;
  }
  if (all !== undefined) {
    for (const record of all(parsedLines(ndjsonPath))) yield JSON.stringify(record);
    return;
  }
  let given = 0;
  for (const line of textLines(ndjsonPath)) {
    if (given === first) return;
    const kept = keep === undefined || keep(JSON.parse(line));
    if (kept === false) continue;
    given++;
    yield kept === true ? line : JSON.stringify(kept);
  }
}

/** Each record with the cells of the row that has its id; without one, with nulls in a left join. */
function* joinedRecords(ndjsonPath, type, lookupPath) {
  const rows = new Map();
  for (const line of textLines(lookupPath)) {
    const [id, team, level] = line.split(",");
    rows.set(Number(id), { team, level: Number(level) });
  }
  for (const record of parsedLines(ndjsonPath)) {
    const row = rows.get(record.id);
    if (row !== undefined || type === "left")
      yield JSON.stringify({ ...record, ...(row ?? { team: null, level: null }) });
  }
}

function* parsedLines(path) {
  for (const line of textLines(path)) yield JSON.parse(line);
}

/** Compares the file at `path` with that of writeExpected. `format` is ndjson, json (an array) or csv. */
export function checkRecords(path, format, expectedPath) {
  const levels = format === "csv" ? TEXT_LEVELS : TYPED_LEVELS;
  if (format === "ndjson" && sameBytes(path, expectedPath)) return { ok: true, exact: true, note: levels[0].note };
  let level = 0;
  let records = 0;
  const actual = READERS[format](path);
  try {
    for (const wantedText of textLines(expectedPath)) {
      const { value: got, done } = actual.next();
      if (done) return wrong(`only ${records} records`);
      records++;
      if (got === wantedText) continue;
      const record = typeof got === "string" ? JSON.parse(got) : got;
      const wanted = JSON.parse(wantedText);
      while (level < levels.length && !levels[level].same(record, wanted)) level++;
      if (level === levels.length) return wrong(`record ${records}: ${firstDifference(record, wanted)}`);
    }
    if (!actual.next().done) return wrong(`more than ${records} records`);
  } catch (error) {
    return wrong(`after ${records} records: ${error.message}`);
  }
  return { ok: true, exact: level === 0, note: levels[level].note };
}

function sameBytes(path, otherPath) {
  if (statSync(path).size !== statSync(otherPath).size) return false;
  const [fd, otherFd] = [openSync(path, "r"), openSync(otherPath, "r")];
  const [block, other] = [Buffer.allocUnsafe(1 << 20), Buffer.allocUnsafe(1 << 20)];
  try {
    for (let size = readSync(fd, block); size > 0; size = readSync(fd, block)) {
      const otherSize = readSync(otherFd, other, 0, size);
      if (otherSize !== size || block.compare(other, 0, size, 0, size) !== 0) return false;
    }
    return true;
  } finally {
    closeSync(fd);
    closeSync(otherFd);
  }
}

/**
 * The same for records in any order, whose types may be lost and whose numbers may be rounded otherwise: by the sum of what is left of a
 * hash of each, so that nothing has to be held.
 */
export function checkUnordered(path, format, expectedPath) {
  const actual = digestOf(READERS[format](path));
  const wanted = digestOf(textLines(expectedPath));
  if (actual.records !== wanted.records) return wrong(`${actual.records} records, not ${wanted.records}`);
  if (actual.sum !== wanted.sum) return wrong("other records");
  return { ok: true, exact: false, note: "same, but for order, types or the last digits" };
}

function digestOf(texts) {
  let [records, sum] = [0, 0];
  for (const text of texts) {
    const record = sorted(typeof text === "string" ? JSON.parse(text) : text);
    const cells = Object.entries(record).map(([name, value]) => [name, cellText(value)]);
    const hash = createHash("sha1").update(JSON.stringify(cells)).digest();
    records++;
    sum = (sum + hash.readUIntBE(0, 6)) % 2 ** 48;
  }
  return { records, sum };
}

/** Numbers, also those in text, to twelve digits. */
function cellText(value) {
  if (value === null) return null;
  const isNumber = value !== "" && typeof value !== "boolean" && Number.isFinite(Number(value));
  return isNumber ? Number(value).toPrecision(12) : String(value);
}

/** For the limits, which copy their input. */
export function checkCopy(path, inputPath) {
  const [got, wanted] = [statSync(path).size, statSync(inputPath).size];
  return got === wanted ? { ok: true, exact: true, note: "copy" } : wrong(`${got} of ${wanted} bytes`);
}

export function wrong(why) {
  return { ok: false, exact: false, note: `WRONG: ${why}` };
}

const READERS = { ndjson: textLines, json: arrayItems, csv: csvRows };

function* textBlocks(path) {
  const fd = openSync(path, "r");
  const block = Buffer.allocUnsafe(1 << 20);
  const decoder = new TextDecoder("utf-8", { fatal: true });
  try {
    for (let size = readSync(fd, block); size > 0; size = readSync(fd, block)) {
      yield decoder.decode(block.subarray(0, size), { stream: true });
    }
    yield decoder.decode();
  } finally {
    closeSync(fd);
  }
}

function* textLines(path) {
  let rest = "";
  for (const block of textBlocks(path)) {
    const lines = (rest + block).split("\n");
    rest = lines.pop();
    yield* lines;
  }
  if (rest !== "") yield rest;
}

/** The texts of the items of a JSON array of objects, without holding the array. */
function* arrayItems(path) {
  let depth = 0;
  let inString = false;
  let escaped = false;
  let wanted = "[";
  let pending = "";
  for (const block of textBlocks(path)) {
    let start = 0;
    const take = (end) => {
      const taken = pending + block.slice(start, end);
      pending = "";
      start = end;
      return taken;
    };
    for (let at = 0; at < block.length; at++) {
      const code = block.charCodeAt(at);
      if (escaped) escaped = false;
      else if (inString) {
        if (code === BACKSLASH) escaped = true;
        else if (code === QUOTE) inString = false;
      } else if (code === QUOTE) inString = true;
      else if (code === OPEN_BRACE || code === OPEN_BRACKET) {
        if (depth++ !== 1) continue;
        if (take(at).trim() !== wanted) throw new Error(`no "${wanted}" before an item`);
        wanted = ",";
      } else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) {
        if (--depth === 1) yield take(at + 1);
      }
    }
    pending += block.slice(start);
  }
  if (pending.replaceAll(/\s/g, "") !== (wanted === "[" ? "[]" : "]")) throw new Error("the array has no proper end");
}

const QUOTE = 34;
const BACKSLASH = 92;
const OPEN_BRACKET = 91;
const CLOSE_BRACKET = 93;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;

/** Rows as objects of text, by the header. A row goes on while a quote is open. */
function* csvRows(path) {
  let header;
  let row;
  for (const line of textLines(path)) {
    row = row === undefined ? line : `${row}\n${line}`;
    if ((row.split('"').length - 1) % 2 === 1) continue;
    const cells = csvCells(row.replace(/\r$/, ""));
    row = undefined;
    if (header === undefined) header = cells;
    else if (cells.length !== header.length)
      throw new Error(`a row of ${cells.length} cells under ${header.length} names`);
    else yield Object.fromEntries(cells.map((cell, column) => [header[column], cell]));
  }
  if (row !== undefined) throw new Error("a quote is never closed");
}

function csvCells(row) {
  return Array.from(row.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"(?=,|$)|([^,]*))/g), ([, quoted, plain]) =>
    quoted === undefined ? plain : quoted.replaceAll('""', '"'),
  );
}

function sorted(value) {
  if (!isObject(value)) return Array.isArray(value) ? value.map(sorted) : value;
  const keys = Object.keys(value).toSorted();
  return Object.fromEntries(keys.map((key) => [key, sorted(value[key])]));
}

function asText(record) {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, value === null ? "" : String(value)]));
}

/** Whether `got` is `wanted` for somebody who has only text: 87, "87" and "87.0" are the same number. */
function sameText(got, wanted) {
  if (typeof wanted === "number") return String(got).trim() !== "" && Number(got) === wanted;
  if (wanted === null) return got === null || got === "";
  if (typeof wanted !== "object") return String(got) === String(wanted);
  if (got === null || typeof got !== "object" || Array.isArray(got) !== Array.isArray(wanted)) return false;
  const keys = Object.keys(wanted);
  return (
    keys.length === Object.keys(got).length &&
    keys.every((key) => Object.hasOwn(got, key) && sameText(got[key], wanted[key]))
  );
}

function firstDifference(got, wanted) {
  if (!isObject(got)) return `${short(got)} instead of an object`;
  const key = Object.keys(wanted).find((name) => !sameText(got[name], wanted[name]));
  if (key !== undefined) return `${key} is ${short(got[key])} instead of ${short(wanted[key])}`;
  return `keys ${Object.keys(got).join(",")} instead of ${Object.keys(wanted).join(",")}`;
}

function isObject(value) {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

function short(value) {
  const text = (typeof value === "string" ? value : JSON.stringify(value)) ?? "nothing";
  return text.length > 100 ? `${text.slice(0, 100)}...` : text;
}
