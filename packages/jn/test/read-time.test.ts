import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { described, failed, folderWith, runJn, runShell, succeeded } from "./support/jn.ts";

const PEOPLE = "name,city,age,zip\nAda,London,36,007\nBob,Paris,20,75\nEve,London,,\nMax,NYC,70,10001\n";

describe("conditions in the query of an address", () => {
  const cases: readonly (readonly [query: string, names: string])[] = [
    ["city=London", "Ada Eve"],
    ["city=London&city=Paris", "Ada Bob Eve"],
    ["city=London&age>30", "Ada"],
    ["age>=20&age<=36", "Ada Bob"],
    ["age<36", "Bob"],
    ["city!=London", "Bob Max"],
    ["city!=London&city!=NYC", "Bob"],
    ["age=", "Eve"],
    ["age=null", "Eve"],
    ["age=36", "Ada"],
    ["zip=007", "Ada"],
    ["zip=75", "Bob"],
    ["zip>100", "Max"],
    ["name>Bob", "Eve Max"],
    [".city=NYC", "Max"],
    ["skip=0&city=NYC", "Max"],
    ["city=Berlin", ""],
    ["city=%4CondoN", ""],
    ["city=%4Condon", "Ada Eve"],
  ];
  for (const [query, names] of cases) {
    test(query, async (context) => {
      const cwd = folderWith(context, { "people.csv": PEOPLE });
      const outcome = await runShell(`jn filter -r .name 'people.csv?${query}'`, { cwd });
      assert.equal(succeeded(outcome).trim().split("\n").join(" "), names, described(outcome));
    });
  }

  test("records that are kept keep their bytes; numbers and text of the same look are both meant", async () => {
    const input = '{"a": 1.0}\n{"a":"1"}\n[1]\n"a"\n{"a":1,"b":2}\n';
    const outcome = await runJn(["cat", "-?a=1"], { input });
    assert.equal(succeeded(outcome), '{"a": 1.0}\n{"a":"1"}\n{"a":1,"b":2}\n', described(outcome));
  });

  test("a field that no record has is an error: an empty result would hide the mistake", async (context) => {
    const cwd = folderWith(context, { "people.csv": PEOPLE, "empty.csv": "a,b\n" });
    const outcome = await runJn(["cat", "people.csv?town=London"], { cwd });
    assert.equal(failed(outcome, 3, /no record has a field 'town'; there are: name, city, age, zip/), "");
    assert.equal(succeeded(await runJn(["cat", "empty.csv?town=London"], { cwd })), "");
  });
});

describe("patterns of files", () => {
  const TREE = ["a/1.csv", "a/2.csv", "a/b/3.csv", "a/b/c/4.csv", "a/.hidden.csv", "a/b/5.txt", "x[1].csv"];

  function tree(cwd: string): void {
    mkdirSync(join(cwd, "a/b/c"), { recursive: true });
    for (const [index, path] of TREE.entries()) writeFileSync(join(cwd, path), `n\n${index + 1}\n`);
  }

  for (const [pattern, numbers] of [
    ["a/*.csv", "1 2"],
    ["a/**/*.csv", "1 2 3 4"],
    ["./a/**/*.csv", "1 2 3 4"],
    ["a/**/b/*.csv", "3"],
    ["a/[12].csv", "1 2"],
    ["a/{2,b/3}.csv", "2 3"],
    ["a/.*.csv", "5"],
    ["a/b/*~csv", "3 6"],
    ["a/*.csv?n=2", "2"],
    ["x[1].csv", "7"],
  ] as const) {
    test(pattern, async (context) => {
      const cwd = folderWith(context);
      tree(cwd);
      const command = pattern.includes("n=2") ? `jn cat 'a/*.csv?n=2' 2>&1` : `jn filter .n '${pattern}'`;
      const outcome = await runShell(command, { cwd });
      if (pattern.includes("n=2")) assert.match(outcome.stdout, /^\{"n":2\}$/m, described(outcome));
      else assert.equal(succeeded(outcome).trim().split("\n").join(" "), numbers, described(outcome));
    });
  }

  test("--meta says where each record is from", async (context) => {
    const cwd = folderWith(context);
    tree(cwd);
    writeFileSync(join(cwd, "a/l.ndjson"), '{}\n7\n{ "b": 1 }\n');
    const outcome = await runShell("jn cat --meta 'a/[1l].*'", { cwd });
    const meta = (name: string, ext: string, file: number, line: number): string =>
      `"_path":"a/${name}.${ext}","_dir":"a","_filename":"${name}.${ext}","_basename":"${name}","_ext":"${ext}","_file_index":${file},"_line_index":${line}`;
    assert.equal(
      succeeded(outcome),
      [
        `{${meta("1", "csv", 0, 0)},"n":1}`,
        `{${meta("l", "ndjson", 1, 0)}}`,
        `{${meta("l", "ndjson", 1, 1)},"value":7}`,
        `{${meta("l", "ndjson", 1, 2)}, "b": 1 }`,
        "",
      ].join("\n"),
      described(outcome),
    );
    writeFileSync(join(cwd, "taken.ndjson"), '{"_ext":1}\n');
    failed(await runJn(["cat", "--meta", "taken.ndjson"], { cwd }), 3, /has a field _ext already; leave out --meta/);
  });
});

test("--explain prints the plan, opens nothing, runs nothing, and shows no secret", async (context) => {
  const cwd = folderWith(context);
  const outcome = await runJn(["cat", "--explain", "none.csv.gz?skip=1&city=London", "-~json"], { cwd });
  const [file, standard] = succeeded(outcome)
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  assert.deepEqual(file, {
    address: "none.csv.gz?skip=1&city=London",
    from: { kind: "file", name: "none.csv.gz" },
    codec: "gz",
    format: "csv",
    holds: "one record",
    options: { skip: "1" },
    filter: 'select(type == "object") | select(([(.["city"] | . == "London")] | any))',
  });
  assert.deepEqual(standard?.["from"], { kind: "standard", name: "standard input" });
  const written = await runJn(["put", "--explain", "out.json.xz?indent=2"], { cwd });
  assert.deepEqual(JSON.parse(succeeded(written)), {
    address: "out.json.xz?indent=2",
    to: { kind: "file", name: "out.json.xz" },
    codec: "xz",
    format: "json",
    holds: "one record",
    options: { indent: "2" },
  });
});
