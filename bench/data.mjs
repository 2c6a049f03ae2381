// Makes the benchmark inputs: seeded, so that the same size always gives the same bytes.
//
//   node bench/data.mjs --size 200 --out /tmp/jn-bench      (size in MB of people.csv, plain.csv and events.ndjson)
//
// people.csv     10 mixed-type columns, ~108 B a row, 4.5 % non-ASCII bytes, one column always quoted, 2 % of rows with a
//                newline inside quotes, 4 % with doubled quotes and a comma
// people.ndjson  the same rows, typed, ~194 B a row
// plain.csv      5 numeric columns, ~33 B a row
// plain.ndjson   the same rows, typed, ~59 B a row
// events.ndjson  nested events, ~0.8 kB each
// array.json     people.ndjson as one JSON array
// tiny.csv       the first 10 rows of people.csv
// lookup.csv     10 000 rows: ids of people, a team, a level
import { closeSync, existsSync, mkdirSync, openSync, renameSync, writeSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";

export const DATA_SETS = [
  "people.csv",
  "people.ndjson",
  "plain.csv",
  "plain.ndjson",
  "events.ndjson",
  "array.json",
  "tiny.csv",
  "lookup.csv",
];

/** Writes every data set of `sizeMb` megabytes into `folder`, unless it is there. Returns name -> path. */
export function makeData(folder, sizeMb) {
  if (!(sizeMb > 0)) throw new RangeError(`a size in MB must be a number above 0, not ${sizeMb}`);
  mkdirSync(folder, { recursive: true });
  const pathOf = (name) => join(folder, `${sizeMb}mb-${name}`);
  const paths = Object.fromEntries(DATA_SETS.map((name) => [name, pathOf(name)]));
  const bytes = sizeMb * 1e6;
  const people = { csv: paths["people.csv"], ndjson: paths["people.ndjson"], array: paths["array.json"] };
  makeRows(people, PEOPLE_HEADER, person, { bytes });
  makeRows({ csv: paths["plain.csv"], ndjson: paths["plain.ndjson"] }, PLAIN_HEADER, plain, { bytes });
  makeRows({ csv: paths["tiny.csv"] }, PEOPLE_HEADER, person, { rows: 10 });
  makeEvents(paths["events.ndjson"], bytes);
  makeLookup(paths["lookup.csv"], bytes);
  return paths;
}

const PEOPLE_HEADER = "id,first_name,last_name,email,country,city,score,balance,active,notes";
const PLAIN_HEADER = "t,x,y,z,n";
const FIRST = ["Ada", "José", "Zoë", "Grace", "Linus", "Mária", "Ken", "Björk", "Dennis", "Barbara", "Søren", "Yuki"];
const LAST = ["Lovelace", "García", "Müller", "Hopper", "Torvalds", "Nováková", "Thompson", "Ritchie", "Liskov", "Ōno"];
const COUNTRY = ["DE", "US", "JP", "BR", "IN", "FR", "NG", "CZ", "IS", "KE"];
const CITY = ["Köln", "New York", "東京", "São Paulo", "Pune", "Paris", "Lagos", "Praha", "Reykjavík", "Nairobi"];
const WORDS = "the quick brown fox jumps over a lazy dog while data flows through pipes without loss".split(" ");
const TYPE = ["PushEvent", "WatchEvent", "IssuesEvent", "ForkEvent", "PullRequestEvent"];
const FIRST_LOWER = FIRST.map((name) => name.toLowerCase());
const LAST_LOWER = LAST.map((name) => name.toLowerCase());
const TENTHS = fractionTexts(10);
const HUNDREDTHS = fractionTexts(100);
const THOUSANDTHS = fractionTexts(1000);

// The record makers put their text together themselves, which is several times faster than JSON.stringify and a general
// CSV writer. Only `notes` ever holds a character that needs an escape.

function person(random, index) {
  const first = below(random, FIRST.length);
  const last = below(random, LAST.length);
  const count = 3 + below(random, 5);
  const firstWord = pick(random, WORDS);
  let rest = "";
  for (let left = count - 1; left > 0; left--) rest += ` ${pick(random, WORDS)}`;
  const shape = random();
  const special = shape < 0.02 ? LINE_BREAK : shape < 0.06 ? QUOTES : NOTHING;
  const place = below(random, CITY.length);
  const score = decimal(below(random, 1000), TENTHS);
  const balance = decimal(below(random, 1e7), HUNDREDTHS);
  const active = random() < 0.5;
  const email = `${FIRST_LOWER[first]}.${LAST_LOWER[last]}${index % 1000}@example.com`;
  return {
    csv:
      `${index + 1},${FIRST[first]},${LAST[last]},${email},${COUNTRY[place]},${CITY[place]},${score},${balance},${active},` +
      `"${firstWord}${special.csv}${rest}"\n`,
    json:
      `{"id":${index + 1},"first_name":"${FIRST[first]}","last_name":"${LAST[last]}","email":"${email}",` +
      `"country":"${COUNTRY[place]}","city":"${CITY[place]}","score":${score},"balance":${balance},"active":${active},` +
      `"notes":"${firstWord}${special.json}${rest}"}\n`,
  };
}

const NOTHING = { csv: "", json: "" };
const LINE_BREAK = { csv: " line\nbreak", json: " line\\nbreak" };
const QUOTES = { csv: ' said ""hi"",', json: ' said \\"hi\\",' };

function plain(random, index) {
  const x = decimal(below(random, 1e6), THOUSANDTHS);
  const y = decimal(below(random, 1e6), THOUSANDTHS);
  const z = decimal(below(random, 1e6), THOUSANDTHS);
  const n = below(random, 100);
  return { csv: `${index},${x},${y},${z},${n}\n`, json: `{"t":${index},"x":${x},"y":${y},"z":${z},"n":${n}}\n` };
}

function event(random, index) {
  const login = `${pick(random, FIRST_LOWER)}-${pick(random, LAST_LOWER)}`;
  const type = pick(random, TYPE);
  const size = 1 + below(random, 5);
  let commits = "";
  for (let left = size; left > 0; left--) {
    const sha = Math.floor(random() * 2 ** 52)
      .toString(16)
      .padStart(40, "0");
    let message = pick(random, WORDS);
    for (let more = 7; more > 0; more--) message += ` ${pick(random, WORDS)}`;
    if (commits !== "") commits += ",";
    commits += `{"sha":"${sha}","message":"${message}","author":{"name":"${login}","email":"${login}@example.com"}}`;
  }
  return (
    `{"id":"${20_000_000_000 + index}","type":"${type}","public":true,` +
    `"created_at":"${new Date(1.7e12 + index * 997).toISOString()}",` +
    `"actor":{"id":${index % 5000},"login":"${login}","url":"https://example.com/users/${login}"},` +
    `"repo":{"id":${index % 700},"name":"${login}/project-${index % 700}"},` +
    `"payload":{"size":${size},"ref":"refs/heads/main","commits":[${commits}]}}\n`
  );
}

/** The same rows in up to three formats, until the CSV file has `bytes` bytes or `rows` rows. */
function makeRows(paths, header, makeRow, { bytes = Infinity, rows = Infinity }) {
  if (Object.values(paths).every((path) => existsSync(path))) return;
  const random = seeded(20_240_917);
  const csv = writer(paths.csv);
  const ndjson = paths.ndjson && writer(paths.ndjson);
  const array = paths.array && writer(paths.array);
  csv.write(`${header}\n`);
  for (let index = 0; index < rows && csv.bytes() < bytes; index++) {
    const row = makeRow(random, index);
    csv.write(row.csv);
    ndjson?.write(row.json);
    array?.write(index === 0 ? "[" : ",");
    array?.write(row.json);
  }
  array?.write("]\n");
  for (const file of [csv, ndjson, array]) file?.finish();
}

function makeEvents(path, bytes) {
  if (existsSync(path)) return;
  const random = seeded(7);
  const file = writer(path);
  for (let index = 0; file.bytes() < bytes; index++) file.write(event(random, index));
  file.finish();
}

/** The ids are spread over those of people.csv, of which a row has about 108 bytes. */
function makeLookup(path, peopleBytes) {
  if (existsSync(path)) return;
  const random = seeded(10_000);
  const step = Math.max(1, Math.floor(peopleBytes / 108 / LOOKUP_ROWS));
  const file = writer(path);
  file.write("id,team,level\n");
  for (let row = 0; row < LOOKUP_ROWS; row++)
    file.write(`${row * step + 1 + below(random, step)},team-${below(random, 50)},${below(random, 9)}\n`);
  file.finish();
}

const LOOKUP_ROWS = 10_000;

/** A buffered file writer that renames into place, so that an interrupted run leaves no half data set. */
function writer(path) {
  const fd = openSync(`${path}.part`, "w");
  const buffer = Buffer.allocUnsafe(1 << 18);
  let used = 0;
  let flushed = 0;
  const flush = () => {
    for (let at = 0; at < used;) at += writeSync(fd, buffer, at, used - at);
    flushed += used;
    used = 0;
  };
  return {
    write(text) {
      if (used + text.length * 3 > buffer.length) flush();
      used += buffer.write(text, used);
    },
    bytes: () => flushed + used,
    finish() {
      flush();
      closeSync(fd);
      renameSync(`${path}.part`, path);
    },
  };
}

function pick(random, list) {
  return list[Math.floor(random() * list.length)];
}

function below(random, limit) {
  return Math.floor(random() * limit);
}

/** The text of `n / fractions.length`, by table: writing a double is what takes the longest in a row of numbers. */
function decimal(n, fractions) {
  const whole = Math.floor(n / fractions.length);
  return whole + fractions[n - whole * fractions.length];
}

function fractionTexts(count) {
  return Array.from({ length: count }, (_, part) => String(part / count).slice(1));
}

/** mulberry32, a 32-bit generator by Tommy Ettinger (public domain): small, and the same on every machine. */
function seeded(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { values } = parseArgs({
    options: { size: { type: "string", default: "10" }, out: { type: "string", default: "bench/.data" } },
  });
  for (const path of Object.values(makeData(values.out, Number(values.size)))) process.stdout.write(`${path}\n`);
}
