import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, test } from "node:test";
import { type Address, parseAddress, placeName } from "../src/address/address.ts";
import { folderWith } from "./support/jn.ts";

/** `place format options`, as a text. */
function shown({ place, format, options }: Address): string {
  const where = place.kind === "file" ? place.path : place.kind === "descriptor" ? `fd${place.fd}` : "standard";
  return [where, format.name, ...[...options].map(([name, value]) => `${name}=${value}`)].join(" | ");
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
    ["a.csv?__proto__=1", "a.csv | csv | __proto__=1"],
  ];
  for (const [text, expected] of cases) {
    test(`address: ${text}`, () => {
      const address = parseAddress(text);
      assert.equal(shown(address), expected);
      assert.equal(address.text, text);
    });
  }

  const refused: readonly (readonly [text: string, message: RegExp])[] = [
    ["", /^an address is empty; use - for/],
    ["http://x/a.csv", /^http:\/\/x\/a\.csv: 'http' addresses are not supported/],
    ["a", /^a: the name has no extension; name the format: a~csv/],
    [".csv", /^\.csv: the name has no extension/],
    ["dir.csv/a", /the name has no extension/],
    ["a.xyz", /^a\.xyz: '\.xyz' is no extension of a known format; name the format: a\.xyz~csv/],
    ["a.constructor", /'\.constructor' is no extension/],
    ["a~constructor", /there is no format 'constructor'/],
    ["a~cvs", /^a~cvs: there is no format 'cvs'; did you mean 'csv'\?; there are: csv, tsv, ndjson, json$/],
    ["a.csv.gz", /compressed files are not read directly; unpack it: zcat/],
    ["a.csv?skip=1&skip=2", /^a\.csv\?skip=1&skip=2: the option 'skip' is there twice/],
    ["a.csv?x=%zz", /'%zz' is no valid percent-encoding; write a literal % as %25/],
    ["a.csv?x=%", /'%' is no valid percent-encoding/],
  ];
  for (const [text, message] of refused)
    test(`address: '${text}' is refused`, () => assert.throws(() => parseAddress(text), { code: "USAGE", message }));
});

test("address: a file that is called exactly as typed is that file", (context) => {
  const folder = folderWith(context, { "a.csv?skip=1.json": "", "b~c.csv": "", "d~json": "", "e.csv": "" });
  const path = join(folder, "a.csv?skip=1.json");
  assert.equal(shown(parseAddress(path)), `${path} | json`);
  assert.equal(shown(parseAddress(`${path}~csv?skip=2`)), `${join(folder, "a.csv")} | csv | skip=1.json~csv?skip=2`);
  assert.equal(shown(parseAddress(join(folder, "b~c.csv"))), `${join(folder, "b~c.csv")} | csv`);
  assert.throws(() => parseAddress(join(folder, "d~json")), { code: "USAGE", message: /no extension/ });
  assert.equal(shown(parseAddress(join(folder, "e.csv?x=1"))), `${join(folder, "e.csv")} | csv | x=1`);
});

test("address: messages call a place by its path, its number, or the stream's name", () => {
  const names = ["-", "/dev/fd/5", "x/a.csv?skip=1"].map((text) => placeName(parseAddress(text), "standard input"));
  assert.deepEqual(names, ["standard input", "descriptor 5", "x/a.csv"]);
});
