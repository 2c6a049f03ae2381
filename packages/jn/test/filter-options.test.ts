import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test, type TestContext } from "node:test";
import { described, failed, folderWith, runJn, succeeded } from "./support/jn.ts";

const FILES = {
  "mods/a.jq":
    'module {"about": "x"};\nimport "b" as b;\ndef a: "a" + b::b;\ndef fac: if . <= 1 then 1 else . * (. - 1 | fac) end;\ndef twice(f): [f, f];\ndef same($x): $x;\n',
  "mods/b/b.jq": 'def b: "b";\n',
  "mods/data.json": '{"k":1}\n{"k":2}\n',
  "mods/round.jq": 'import "round2" as r; def f: 1;\n',
  "mods/round2.jq": 'import "round" as r; def g: 1;\n',
  "mods/wrong.jq": "def f: ;\n",
  "mods/own.jq": 'import "inner" as i {search: "./deep"}; def f: i::f;\n',
  "mods/deep/inner.jq": 'def f: "inner";\n',
};

function folderWithAll(context: TestContext): string {
  const folder = folderWith(context);
  for (const [name, content] of Object.entries(FILES)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

const MODULES = ["filter", "-n", "-L", "mods"];

/** Arguments, standard input, standard output and exit code. */
const RUNS: readonly (readonly [args: readonly string[], input: string, output: string, status?: number])[] = [
  [[...MODULES, 'import "a" as x; x::a, (5 | x::fac), x::twice(1, 2), x::same(3)'], "", '"ab"\n120\n[1,2,1,2]\n3\n'],
  [[...MODULES, 'include "a"; a, (3 | fac)'], "", '"ab"\n6\n'],
  [[...MODULES, 'import "data" as $d; $d, $d::d[0].k'], "", '[{"k":1},{"k":2}]\n1\n'],
  [[...MODULES, 'import "own" as o; o::f'], "", '"inner"\n'],
  [
    [...MODULES, '"a" | modulemeta'],
    "",
    '{"about":"x","deps":[{"as":"b","is_data":false,"relpath":"b"}],"defs":["a/0","fac/0","twice/1","same/1"]}\n',
  ],
  [["filter", "-v", "[., input]"], "1\n2\n3\n4\n", "[1,2]\n[3,4]\n"],
  [["filter", "-v", "[., (try input catch .)]"], "1\n2\n3\n", '[1,2]\n[3,"break"]\n'],
  [["filter", "-n", "[inputs]"], "1\n2\n3\n", "[1,2,3]\n"],
  [["filter", "-n", "[limit(2; inputs)]"], "1\n2\nnot json\n", "[1,2]\n"],
  [["filter", "-n", "reduce inputs as $x (0; . + $x)"], "1\n2\n3\n", "6\n"],
  [["filter", "-s", "add, length, false"], "1\n2\n3\n", "6\n3\nfalse\n"],
  [["filter", "-s", "."], "", "[]\n"],
  [["filter", "-R", "."], "a b\n\n c\nd", '"a b"\n""\n" c"\n"d"\n'],
  [["filter", "-Rs", "."], "a b\n\n c\n", '"a b\\n\\n c\\n"\n'],
  [["filter", "-Rn", "[inputs]"], "a\nb\n", '["a","b"]\n'],
  [
    ["filter", "--stream", "."],
    '{"a":[1,{"b":[]}]}\n3\n',
    '[["a",0],1]\n[["a",1,"b"],[]]\n[["a",1,"b"]]\n[["a",1]]\n[["a"]]\n[[],3]\n',
  ],
  [["filter", "--indent", "1", "."], '{"b":1,"a":[1,{}]}\n', '{\n "b": 1,\n "a": [\n  1,\n  {}\n ]\n}\n'],
  [["filter", "--tab", "-S", "."], '{"b":1.50,"a":[]}\n', '{\n\t"a": [],\n\t"b": 1.50\n}\n'],
  [["filter", "-S", ".b"], '{"b":{"d":1,"c":{"f":1,"e":2}}}\n', '{"c":{"e":2,"f":1},"d":1}\n'],
  [["filter", "-S", ".b > 1"], '{"b": 2,"a":1}\n{"b":0}\n', '{"a":1,"b":2}\n'],
  [["filter", "-a", "."], '{"é":"😀"}\n', '{"\\u00e9":"\\ud83d\\ude00"}\n'],
  [["filter", "-j", "."], '"a"\n"b"\n1\n', "ab1"],
  [["filter", "--raw-output0", "."], '"a"\n"b"\n', "a\0b\0"],
  [["filter", "--seq", "."], "[1]\n", "\u001e[1]\n"],
  [["filter", "-c", ".a"], '{"a":[1, 2]}\n', "[1,2]\n"],
  [["filter", "-e", "."], "1\n", "1\n", 0],
  [["filter", "-ev", "."], "1\nnull\n", "1\nnull\n", 1],
  [["filter", "-e", "empty"], "1\n", "", 4],
  [["filter", "-e", ".a > 1"], '{"a":2}\n', '{"a":2}\n', 0],
  [["filter", "-v", "., halt"], "1\n2\n", "1\n", 0],
  [["filter", "-v", "input_line_number"], "1\n\n2\n", "1\n3\n"],
  [["filter", "-v", "input_filename", "mods/data.json~ndjson"], "", '"mods/data.json"\n"mods/data.json"\n'],
  [["filter", "-n", "input_filename"], "", ""],
  [
    [
      "filter",
      "-n",
      "--arg",
      "a",
      "1",
      "--argjson",
      "b",
      '{"x":2}',
      "--slurpfile",
      "s",
      "mods/data.json",
      "$a, $b.x, $s[1], $ARGS.named",
    ],
    "",
    '"1"\n2\n{"k":2}\n{"a":"1","b":{"x":2},"s":[{"k":1},{"k":2}]}\n',
  ],
  [["filter", "-n", "--rawfile", "r", "mods/b/b.jq", "$r"], "", '"def b: \\"b\\";\\n"\n'],
  [["filter", "-n", "--args", "$ARGS", "x", "y"], "", '{"positional":["x","y"],"named":{}}\n'],
  [["filter", "-n", "--jsonargs", "$ARGS.positional", "1", '{"a":2}'], "", '[1,{"a":2}]\n'],
];

for (const [args, input, output, status = 0] of RUNS) {
  test(`jn ${args.join(" ")}`, { timeout: 60_000 }, async (context) => {
    const outcome = await runJn(args, { cwd: folderWithAll(context), input });
    assert.equal(outcome.stdout, output, described(outcome));
    assert.equal(outcome.status, status, described(outcome));
    assert.equal(outcome.stderr, "", described(outcome));
  });
}

const REFUSED: readonly (readonly [args: readonly string[], input: string, status: number, message: RegExp])[] = [
  [[...MODULES, 'import "zz" as x; 1'], "", 2, /column 8: there is no module 'zz', searched for in mods\n/],
  [[...MODULES, 'import "../mods/a" as x; 1'], "", 2, /there is no module/],
  [[...MODULES, 'import "a" as x {a: .}; 1'], "", 2, /metadata must be constant/],
  [
    [...MODULES, 'import "round" as x; 1'],
    "",
    2,
    /import each other in a circle: .*round\.jq -> .*round2\.jq -> .*round\.jq/,
  ],
  [
    [...MODULES, 'import "wrong" as x; 1'],
    "",
    2,
    /mods\/wrong\.jq: in the filter, line 1, column 8: expected an expression/,
  ],
  [
    ["filter", "-v", "[., input]"],
    "1\n2\n3\n",
    3,
    /^jn filter: standard input:3: the filter failed at column 5: break\n/,
  ],
  [["filter", "-n", "[inputs]"], '{"a":1}\n{"a":bad}\n', 3, /^jn filter: standard input:2:6: not JSON/],
  [["filter", "-n", "1", "mods/data.json"], "", 2, /reads nothing/],
  [["filter", "--indent", "8", "."], "", 2, /at most 7/],
  [["filter", "-n", "--jsonargs", ".", "{"], "", 2, /--jsonargs: '\{' is not JSON/],
  [["filter", "-n", "--slurpfile", "x", "nowhere", "."], "", 4, /nowhere/],
  [["filter", "-v", '., ("bye\\n" | halt_error)'], "1\n", 5, /^bye\n$/],
  [["filter", "{a: 1} | halt_error(3)"], "1\n", 3, /^\{"a":1\}\n$/],
  [["filter", "--raw-output0", '"a\\u0000b"'], "1\n", 3, /containing NUL/],
];

for (const [args, input, status, message] of REFUSED) {
  test(`jn ${args.join(" ")}: ${message.source}`, { timeout: 60_000 }, async (context) => {
    failed(await runJn(args, { cwd: folderWithAll(context), input }), status, message);
  });
}

test("debug and stderr write to standard error as they run", { timeout: 60_000 }, async () => {
  const outcome = await runJn(["filter", "-v", 'debug, (stderr | empty), debug("a\\(.)")'], { input: "1\n" });
  assert.equal(outcome.stdout, "1\n1\n", described(outcome));
  assert.equal(outcome.stderr, '["DEBUG:",1]\n1["DEBUG:","a1"]\n', described(outcome));
});

test("a filter that takes inputs reads no more than it needs", { timeout: 60_000 }, async () => {
  const outcome = await runJn(["filter", "-n", "first(inputs)"], { input: "1\n".repeat(1_000_000) });
  assert.equal(succeeded(outcome), "1\n");
});
