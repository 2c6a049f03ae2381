import assert from "node:assert/strict";
import { homedir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { parseAddress, placeName } from "../src/address/address.ts";
import { planReading } from "../src/address/plan.ts";
import { folderWith } from "./support/jn.ts";

/** `place | format | options`, as a text. */
async function shown(text: string): Promise<string> {
  const [plan] = await planReading(parseAddress(text), "standard");
  const { place, format, options, conditions } = plan!;
  const where = place.kind === "file" ? place.path : place.kind === "descriptor" ? `fd${place.fd}` : place.kind;
  const asked = [...options.entries()].map(([name, value]) => `${name}=${value}`);
  const tested = conditions.map(({ name, operator, value }) => `${name} ${operator} ${value}`);
  return [where, format?.name, ...asked, ...tested].join(" | ");
}

describe("address", () => {
  const cases: readonly (readonly [text: string, expected: string])[] = [
    ["-", "standard | ndjson"],
    ["-~csv", "standard | csv"],
    ["-?encoding=latin1", "standard | ndjson | encoding=latin1"],
    ["-~csv?delimiter=;", "standard | csv | delimiter=;"],
    ["a.csv", "a.csv | csv"],
    ["a.CSV", "a.CSV | csv"],
    ["dir.json/a.tsv", "dir.json/a.tsv | tsv"],
    ["a.tab", "a.tab | tsv"],
    ["a.b.jsonl", "a.b.jsonl | ndjson"],
    ["a.ldjson", "a.ldjson | ndjson"],
    ["a.json", "a.json | json"],
    ["a.txt~csv", "a.txt | csv"],
    ["a.csv~NDJSON", "a.csv | ndjson"],
    ["a~jsonl", "a | ndjson"],
    ["a.csv.gz~json", "a.csv.gz | json"],
    ["a~b.csv", "a~b.csv | csv"],
    ["a~b~csv", "a~b | csv"],
    ["./~x.csv", "./~x.csv | csv"],
    ["/home/~u/a.csv", "/home/~u/a.csv | csv"],
    ["a.csv?", "a.csv | csv"],
    ["a.csv?header", "a.csv | csv | header="],
    ["a.csv?header=&skip=2&", "a.csv | csv | header= | skip=2"],
    ["a.csv?delimiter=%7C", "a.csv | csv | delimiter=|"],
    ["a.csv?columns=a%26b,%C3%A9", "a.csv | csv | columns=a&b,é"],
    ["a.csv?comment=?", "a.csv | csv | comment=?"],
    ["a.csv?delimiter==", "a.csv | csv | delimiter=="],
    ["a.csv?quote=~json", "a.csv | csv | quote=~json"],
    ["a.csv?delimiter=+", "a.csv | csv | delimiter=+"],
    ["a%20b.csv", "a%20b.csv | csv"],
    ["/dev/stdin", "fd0 | ndjson"],
    ["/dev/stdout", "fd1 | ndjson"],
    ["/dev/stderr", "fd2 | ndjson"],
    ["/dev/fd/63", "fd63 | ndjson"],
    ["/dev/fd/63~csv?header=false", "fd63 | csv | header=false"],
    ["a.csv?__proto__=1", "a.csv | csv | __proto__ = 1"],
    ["a.csv?city=NYC&city=LA&age>25", "a.csv | csv | city = NYC | city = LA | age > 25"],
    ["a.csv?age>=25&age<=30&x!=y&skip=1", "a.csv | csv | skip=1 | age >= 25 | age <= 30 | x != y"],
    ["a.csv?.skip=1", "a.csv | csv | .skip = 1"],
    ["a.csv?x=a%3Db%26c", "a.csv | csv | x = a=b&c"],
    ["a.csv.gz", "a.csv.gz | csv"],
    ["a.csv.GZ?skip=1", "a.csv.GZ | csv | skip=1"],
    ["a.gz~csv", "a.gz | csv"],
    ["~/a.csv", `${homedir()}/a.csv | csv`],
    ["~/a~csv?skip=1", `${homedir()}/a | csv | skip=1`],
  ];
  for (const [text, expected] of cases) {
    test(`address: ${text}`, async () => {
      assert.equal(await shown(text), expected);
      assert.equal(parseAddress(text).text, text);
    });
  }

  const refused: readonly (readonly [text: string, message: RegExp])[] = [
    ["", /^an address is empty; use - for/],
    ["gopher://x/a.csv", /^gopher:\/\/x\/a\.csv: 'gopher' addresses are not supported/],
    ["a", /^a: the name has no extension; name the format: a~csv/],
    [".csv", /^\.csv: the name has no extension/],
    ["dir.csv/a", /the name has no extension/],
    [
      "a.zip",
      /^a\.zip: an archive is neither read nor written as a whole; name one of its members, to read it: a\.zip!data\.csv/,
    ],
    ["a.xyz", /^a\.xyz: '\.xyz' is no extension of a known format; name the format: a\.xyz~csv/],
    ["a.constructor", /'\.constructor' is no extension/],
    ["a~constructor", /there is no format 'constructor'/],
    ["a~cvs", /^a~cvs: there is no format 'cvs'; did you mean 'csv'\?; there are: csv, tsv, ndjson, json, yaml, /],
    ["a.gz", /^a\.gz: the name has no extension; name the format: a\.gz~csv/],
    ["a.csv?skp=1", /there is no option 'skp' here; did you mean 'skip'\?; for a field of that name write \.skp=/],
    ["a.csv?skip>1", /'skip' is an option here; for the field of that name write \.skip/],
    ["a.csv?codec=zip", /there is no codec 'zip'; there are: none, gz, br/],
    ["a~csv.wide", /csv has no variants such as '\.wide'/],
    ["a.csv?skip=1&skip=2", /^a\.csv\?skip=1&skip=2: the option 'skip' is there twice/],
    ["a.csv?x=%zz", /'%zz' is no valid percent-encoding; write a literal % as %25/],
    ["a.csv?x=%", /'%' is no valid percent-encoding/],
  ];
  for (const [text, message] of refused)
    test(`address: '${text}' is refused`, async () => {
      await assert.rejects(async () => await shown(text), { code: "USAGE", message });
    });
});

test("address: a file that is called exactly as typed is that file", async (context) => {
  const folder = folderWith(context, { "a.csv?skip=1.json": "", "b~c.csv": "", "d~json": "", "e.csv": "" });
  const path = join(folder, "a.csv?skip=1.json");
  assert.equal(await shown(path), `${path} | json`);
  await assert.rejects(async () => await shown(`${path}~csv?skip=2`), { code: "USAGE", message: /whole number/ });
  assert.equal(await shown(join(folder, "b~c.csv")), `${join(folder, "b~c.csv")} | csv`);
  await assert.rejects(async () => await shown(join(folder, "d~json")), { code: "USAGE", message: /no extension/ });
  assert.equal(await shown(join(folder, "e.csv?x=1")), `${join(folder, "e.csv")} | csv | x = 1`);
});

test("address: messages call a place by its path, its number, or the stream's name", () => {
  const names = ["-", "/dev/fd/5", "x/a.csv?skip=1"].map((text) => placeName(parseAddress(text), "standard input"));
  assert.deepEqual(names, ["standard input", "descriptor 5", "x/a.csv"]);
});
