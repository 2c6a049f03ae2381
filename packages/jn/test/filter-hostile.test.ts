import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { loadBuiltins } from "../src/filter/builtins/native.ts";
import { fromJson } from "../src/filter/builtins/types.ts";
import { compileFilter } from "../src/filter/compiler/compile.ts";
import { toJson } from "../src/filter/value/json-text.ts";
import type { Value } from "../src/filter/value/value.ts";
import { JnError } from "../src/jn-error.ts";
import { filteredRecords } from "../src/stages/filtered-records.ts";
import { described, runJn } from "./support/jn.ts";
import { transcode } from "./support/transcode.ts";

await loadBuiltins();

/** The output for one record, or `!` and the message of a clean error. Anything but a `JnError` is a defect. */
function outcomeOf(text: string, input: string, variables?: ReadonlyMap<string, Value>): string {
  try {
    const compiled = compileFilter(text, { variables });
    const make = (): ReturnType<typeof filteredRecords> =>
      filteredRecords(compiled, { source: "t", results: "values" });
    return transcode(make, Buffer.from(`${input}\n`))
      .toString()
      .trimEnd();
  } catch (error) {
    assert.ok(error instanceof JnError, error instanceof Error ? error.stack : String(error));
    return `!${error.message}`;
  }
}

function assertClean(): void {
  assert.deepEqual(
    Object.getOwnPropertyNames(Object.prototype).filter((key) => /pollut|injected/.test(key)),
    [],
  );
  assert.equal(({} as Record<string, unknown>)["polluted"], undefined);
  assert.equal(([] as unknown as Record<string, unknown>)["polluted"], undefined);
  assert.equal((globalThis as Record<string, unknown>)["injected"], undefined);
}

const CODE: readonly string[] = [
  "globalThis.injected = 1",
  "`${globalThis.injected = 1}`",
  '"; globalThis.injected = 1; "',
  "'); globalThis.injected = 1; ('",
  "]: (globalThis.injected = 1), [",
  "*/ globalThis.injected = 1 /*",
  "\u2028globalThis.injected = 1\u2029",
  '\\"); globalThis.injected = 1; //',
  "$&$1$`$'",
  "constructor",
  "__proto__",
  "\0\n\r\t",
  "\ud800",
  "😀\udc00",
];

test("text of a filter is never run: strings, keys, paths, patterns, formats of strings", () => {
  for (const code of CODE) {
    const literal = JSON.stringify(code);
    const json = JSON.stringify(JSON.parse(literal));
    assert.equal(
      outcomeOf(`${literal}, {${literal}: 1}, {(${literal}): 1}`, "null"),
      `${json}\n{${json}:1}\n{${json}:1}`,
    );
    assert.equal(
      outcomeOf(`.[${literal}] = 1 | .[${literal}], (.[${literal}] |= 2), del(.[${literal}])`, "null"),
      `1\n{${json}:2}\n{}`,
    );
    assert.equal(outcomeOf(`{${literal}: 5} as {${literal}: $x} | $x`, "null"), "5");
    assert.equal(
      outcomeOf(`"\\(${literal})" == ${literal}, (@json "\\(${literal})" | fromjson) == ${literal}`, "null"),
      "true\ntrue",
    );
    assert.equal(outcomeOf(`.${literal}`, `{${json}:7}`), "7");
  }
  assertClean();
});

test("names of a filter are never JavaScript's: functions, variables, labels, parameters", () => {
  for (const name of [
    "constructor",
    "__proto__",
    "rt",
    "constants",
    "result",
    "v0",
    "arguments",
    "eval",
    "this",
    "toString",
  ]) {
    assert.equal(outcomeOf(`def ${name}: 3; ${name}`, "null"), "3");
    assert.equal(outcomeOf(`def f(${name}): ${name} + 1; f(3)`, "null"), "4");
    assert.equal(outcomeOf(`def f($${name}): $${name} + 1; f(3)`, "null"), "4");
    assert.equal(outcomeOf(`def ${name}(g): if . > 3 then . else g | ${name}(g) end; 0 | ${name}(. + 1)`, "null"), "4");
    assert.equal(outcomeOf(`3 as $${name} | $${name}`, "null"), "3");
    assert.equal(outcomeOf(`label $${name} | 1, break $${name}, 2`, "null"), "1");
    assert.equal(outcomeOf(`$${name}`, "null", new Map([[name, "x"]])), '"x"');
    assert.match(outcomeOf(name, "null"), /^!in the filter, column 1: there is no function /);
    assert.match(outcomeOf(`$${name}`, "null"), /^!in the filter, column 1: .* is not defined/);
    assert.match(outcomeOf(`@${name}`, "null"), /^!in the filter, column 1: there is no format @/);
    assert.match(outcomeOf(`break $${name}`, "null"), /^!in the filter, column 1: there is no label/);
  }
  assertClean();
});

test("__proto__ is a key like any other, and no prototype is changed", () => {
  const cases: readonly (readonly [filter: string, input: string, output: string])[] = [
    [".__proto__ = 1", "{}", '{"__proto__":1}'],
    ['.["__proto__"].x = 1', "{}", '{"__proto__":{"x":1}}'],
    ['{"__proto__": {"x": 1}} | .x, .__proto__.x', "null", "null\n1"],
    [".__proto__.polluted = true", "{}", '{"__proto__":{"polluted":true}}'],
    [".constructor.prototype.polluted = true", "{}", '{"constructor":{"prototype":{"polluted":true}}}'],
    ['setpath(["__proto__","polluted"]; 1)', "{}", '{"__proto__":{"polluted":1}}'],
    ['{} * {"__proto__": {"polluted": 1}}', "null", '{"__proto__":{"polluted":1}}'],
    ['{} + {"__proto__": {"polluted": 1}}', "null", '{"__proto__":{"polluted":1}}'],
    ["fromjson | .a = 1", '"{\\"__proto__\\":{\\"polluted\\":1}}"', '{"__proto__":{"polluted":1},"a":1}'],
    ["from_entries", '[{"key":"__proto__","value":{"polluted":1}}]', '{"__proto__":{"polluted":1}}'],
    ["with_entries(.)", '{"__proto__":1}', '{"__proto__":1}'],
    ["map_values(. + 1)", '{"__proto__":1}', '{"__proto__":2}'],
    ["del(.__proto__)", '{"__proto__":1,"a":2}', '{"a":2}'],
    ["del(.__proto__)", "{}", "{}"],
    ["[paths]", '{"__proto__":{"a":1}}', '[["__proto__"],["__proto__","a"]]'],
    [". as {__proto__: $x} | $x", '{"__proto__":5}', "5"],
    ['has("__proto__"), has("toString"), .__proto__, .toString', "{}", "false\nfalse\nnull\nnull"],
    ["walk(.)", '{"__proto__":[1]}', '{"__proto__":[1]}'],
    [".a.__proto__", '{"a":{"__proto__":3}}', "3"],
    ["pick(.__proto__.x)", '{"__proto__":{"x":1,"y":2}}', '{"__proto__":{"x":1}}'],
  ];
  for (const [text, input, output] of cases) assert.equal(outcomeOf(text, input), output, text);
  assertClean();
});

const USES: readonly string[] = [
  ". == .", "length", "tojson", "tostring", "walk(.)", "flatten", "[..] | length", "[paths] | length", "sort", "unique",
  "contains(.)", "index(.)", "[.] - [.]", ". * .", ". + .", "error", "try error catch .", "@json", '"\\(.)"', "keys",
  "tojson | fromjson", "map(.)", "to_entries", "del(.. | select(. == 1))", "getpath([])", "any", "add", ". as [$a] | $a",
  "[leaf_paths] | length", ".. = 1", "[recurse] | length", "(.. | scalars) |= 1", "group_by(.)", "{a: .}", ". < [.]",
]; // prettier-ignore

test("a deeply nested input gives a result or a clean error, whatever is done to it", () => {
  const shapes = [
    (levels: number) => "[".repeat(levels) + "]".repeat(levels),
    (levels: number) => `${'{"a":'.repeat(levels)}1${"}".repeat(levels)}`,
  ];
  for (const shape of shapes) {
    for (const text of USES) {
      // Paths of a chain have as many elements as levels, each: a tenth of the depth is enough of those.
      const levels = /paths|\.\. [|=]|\(\.\./.test(text) ? 700 : 9000;
      const outcome = outcomeOf(text, shape(levels));
      if (outcome.startsWith("!"))
        assert.match(outcome, /^!t:1: (?:the filter failed(?: at column \d+)?: |the value is nested)/, text);
    }
    assert.match(outcomeOf(".", shape(10_001)), /^!t:1:\d+: not JSON/);
    assert.match(outcomeOf(".a", shape(10_001)), /^!t:1:\d+: not JSON/);
  }
});

test("values nested by the filter itself, beyond any input, give a clean error", () => {
  for (const text of ["reduce range(100000) as $i (0; [.])", "reduce range(50000) as $i (null; {a: .}) | walk(.)"]) {
    assert.match(outcomeOf(text, "null"), /^!t:1: the value is nested, or the filter recurses, too deeply/, text);
  }
  assert.match(
    outcomeOf('"[" * 20000 + "]" * 20000 | fromjson', "null"),
    /^!t:1: the filter failed(?: at column \d+)?: .*Exceeds depth limit/,
  );
});

test("recursion without end gives a clean error", () => {
  for (const text of [
    "def f: 1 + f; f",
    "def f: f | f; f",
    "def f(x): f(x + 1); f(1)",
    "def f: [f]; f",
    "def f: .a |= f; {} | f",
    "def f: (f, 1); f",
    "path(def f: .a | f; f)",
    "def f: try f catch f; f",
  ]) {
    assert.match(outcomeOf(text, "null"), /^!t:1: the value is nested, or the filter recurses, too deeply/, text);
  }
  assert.equal(outcomeOf("[limit(5; recurse(.))] | length", "1"), "5");
  assert.equal(outcomeOf("first(def f: ., f; f)", "1"), "1");
});

test("what calls itself last goes on and on without a stack", () => {
  for (const [text, result] of [
    ["[recurse(if . < 1000000 then . + 1 else empty end)] | length", "1000001"],
    ["def f: if . >= 1000000 then . else (. + 1 | f) end; f", "1000000"],
    ["until(. >= 1000000; . + 1), ([while(. < 100000; . + 1)] | length)", "1000000\n100000"],
    ["def f($n; g): if $n > 100000 then g else f($n + 1; g) end; f(0; . + 1)", "1"],
    ["def r: ., (select(. < 100000) | . + 1 | r); [r] | length", "100001"],
    ["def f: . as $x | if $x > 100000 then $x else ($x + 1 | f) end; f", "100001"],
    ["def f: if . > 3 then . else (. + 1, . + 2) | f end; [f]", "[4,5,4,4,5,4,5,4]"],
    ["def f(g): if . > 50 then . else (. + 1 | f(g + 1)) end; f(.)", "51"],
    ["def f: if . > 2 then empty else (., (. + 1 | f)), -. end; [f]", "[0,1,2,-2,-1,0]"],
    ["last(limit(300000; repeat(1)))", "1"],
  ] as const) {
    assert.equal(outcomeOf(text, "0"), result, text);
  }
});

test("a loop that adds to its state does not copy it in each round", () => {
  for (const [text, result] of [
    ["reduce range(300000) as $i ([]; . + [$i]) | length", "300000"],
    ["reduce range(300000) as $i ([]; .[$i] = $i) | length", "300000"],
    ['reduce range(300000) as $i ({}; .["k\\($i % 9)"] += [$i]) | map(length) | add', "300000"],
    ['reduce range(100000) as $i ({}; .a.b["k\\($i)"] = $i | .count += 1) | .count', "100000"],
    ["[foreach range(100000) as $i ([]; . + [$i]; length)] | length", "100000"],
    // What something else holds as well is copied first.
    ["reduce range(3) as $i ({a: []}; .b = .a | .a += [$i])", '{"a":[0,1,2],"b":[0,1]}'],
    ["reduce range(3) as $i ([]; . + [.])", "[[],[[]],[[],[[]]]]"],
    ["[foreach range(3) as $i ({}; .a += [$i]; .a)]", "[[0],[0,1],[0,1,2]]"],
    ["[foreach range(2) as $i ({}; .a += [$i]; .)]", '[{"a":[0]},{"a":[0,1]}]'],
    ["{a: [1]} as $s | reduce range(2) as $i ($s; .a += [$i]) | [., $s]", '[{"a":[1,0,1]},{"a":[1]}]'],
    ["reduce range(3) as $i ([[]]; .[0] |= . + [$i] | .[1] = .[0])", "[[0,1,2],[0,1,2]]"],
    ["reduce range(3) as $i ({}; .a |= (. + [$i]) | .b = {c: .a})", '{"a":[0,1,2],"b":{"c":[0,1,2]}}'],
    ["reduce range(2) as $i ({a: {b: 1}}; .c = [.a, .a] | .a.b = $i)", '{"a":{"b":1},"c":[{"b":0},{"b":0}]}'],
  ] as const) {
    assert.equal(outcomeOf(text, "null"), result, text);
  }
});

test("a filter that is too deep, too long or multiplies its functions is refused, not run into", () => {
  const nested = (open: string, close: string, count: number): string => `${open.repeat(count)}.${close.repeat(count)}`;
  const pairs: readonly (readonly [string, string])[] = [
    ["(", ")"], ["[", "]"], ['{"a":', "}"], ["if . then ", " else 1 end"], ['"\\(', ')"'], ["map(", ")"], ["try ", ""],
    ["- ", ""], ["reduce . as $x (", "; .)"], ["label $x | ", ""], [". as $x | ", ""], ["def f: .; ", ""], ["first(", ")"],
    ["(", ")?"], ["", ".a"], ["", "[0]"], ["", "[]?"], ["", " + 1"], ["", " and 1"], ["", " // 1"], ["", " | ."], ["", " , 1"],
    [". as ", ""], ["path(", ")"], ["(.a |= ", ")"], ["@base64 \"\\(", ")\""], ["recurse(", ")"], ["walk(", ")"], ["del(", ")"],
  ]; // prettier-ignore
  for (const [open, close] of pairs) {
    for (const count of [50, 501, 10_000]) {
      // These double with each level: what counts is that they stop.
      if (count === 50 && /recurse|walk/.test(open)) continue;
      const outcome = outcomeOf(nested(open, close, count), "[[1]]");
      if (outcome.startsWith("!")) assert.match(outcome, /^!(?:in the filter, column \d+: |t:1: )/, `${count} ${open}`);
    }
  }
  const doubling = Array.from({ length: 60 }, (_, i) => `def f${i + 1}: f${i} | f${i};`).join(" ");
  assert.match(outcomeOf(`def f0: . + 1; ${doubling} f60`, "0"), /the filter becomes too large/);
  assert.match(
    outcomeOf(`def f(g): g | g; ${"f(".repeat(60)}. + 1${")".repeat(60)}`, "0"),
    /the filter becomes too large/,
  );
});

test("long lists and sums give their result, or a clean error", () => {
  assert.equal(outcomeOf(`[${Array.from({ length: 10_000 }, (_, i) => i).join(",")}] | length`, "null"), "10000");
  assert.equal(
    outcomeOf(`{${Array.from({ length: 5000 }, (_, i) => `k${i}: ${i}`).join(",")}} | length`, "null"),
    "5000",
  );
  assert.equal(outcomeOf(Array.from({ length: 200 }, () => "1").join(" + "), "null"), "200");
  assert.match(
    outcomeOf(Array.from({ length: 10_000 }, () => "1").join("+"), "null"),
    /^(?:10000|!in the filter, column 1: )/,
  );
});

test("huge results are refused before they are built", () => {
  for (const text of [
    '"x" * 1e9', '1e9 * "xy"', '"x" * 2e8 | . + .', '[range(1000)] | tojson * 1e7', "[.[1e9] = 1]", ".[5e8] = 1",
    ".[1e300] = 1", '.["a"][1e15] = 1', ".[-1e9] = 1", "[1] | .[-1e300] = 2", 'setpath([1e10]; 1)', "flatten(-1)",
    ".[infinite] = 1", '"x" * infinite',
  ]) {
    assert.match(outcomeOf(text, "null"), /^!t:1: the filter failed(?: at column \d+)?: /, text);
  } // prettier-ignore
  assert.equal(outcomeOf(".[1e9], .[-1e9], .[1e300], .[nan], .[infinite]", "[1]"), "null\nnull\nnull\nnull\nnull");
  assert.equal(outcomeOf(".[1e9:], .[-1e300:1e300], .[nan:]", "[1]"), "[]\n[1]\n[1]");
});

test("large but honest values work: no step is quadratic or limited by the stack", () => {
  const started = process.hrtime.bigint();
  for (const [text, output] of [
    ["[range(300000)] | length", "300000"],
    ["[range(200000) | [.]] | add | length", "200000"],
    ["[range(200000) | [.]] | transpose | length", "1"],
    ["[range(200000)] | .[1:3] = [range(200000)] | length", "399998"],
    ["[range(200000)] | flatten | length", "200000"],
    ['"x" * 200000 | indices("x") | length', "200000"],
    ['"ab" * 100000 | split("b") | length', "100001"],
    ['"é😀" * 100000 | .[100000:] | length', "100000"],
    ["[range(100000)] | map(tostring) | add | length", "488890"],
    ["[range(100000)] | sort_by(-.) | .[0]", "99999"],
    ["[range(50000) | {key: tostring, value: .}] | length", "50000"],
    ['"1" * 100000 | tonumber | tostring | length', "100000"],
    ["last(range(1000000))", "999999"],
    ["reduce range(1000000) as $i (0; . + $i)", "499999500000"],
    ["[limit(5; range(1e12))]", "[0,1,2,3,4]"],
    ["first(range(1e12))", "0"],
    ["isempty(range(1e12))", "false"],
    ["any(range(1e12); . > 5)", "true"],
  ] as const) {
    assert.equal(outcomeOf(text, "null"), output, text);
  }
  assert.ok(Number(process.hrtime.bigint() - started) < 20e9);
});

test("results are passed on one by one: an endless generator needs no memory of its own", () => {
  const stop = new Error("enough");
  let count = 0;
  const before = process.memoryUsage().heapUsed;
  assert.throws(
    () =>
      compileFilter("range(1e9) | {a: .}").run(null, () => {
        if (++count === 1_000_000) throw stop;
      }),
    stop,
  );
  assert.ok(process.memoryUsage().heapUsed - before < 50e6);
});

test("odd keys and strings come back as they were", () => {
  const long = "k".repeat(1_000_000);
  for (const key of [
    "",
    "\0",
    "\0\0a",
    "1",
    "\u00001",
    "01",
    "4294967294",
    "4294967296",
    "-1",
    "\ud800",
    "😀",
    long,
    "a.b",
    '"',
    "\\",
  ]) {
    const json = JSON.stringify(key);
    const record = `{"z":0,${json}:1,"a":2}`;
    assert.equal(outcomeOf(".a = 2", record), record, json.slice(0, 50));
    assert.equal(
      outcomeOf("[keys_unsorted[1], (to_entries[1].key), ([paths] | .[1][0])]", record),
      `[${json},${json},${json}]`,
    );
    assert.equal(outcomeOf("tojson | fromjson", record), record);
    if (key === long) continue;
    assert.equal(outcomeOf(`.[${json}]`, record), "1", json);
    assert.equal(outcomeOf(`del(.[${json}])`, record), '{"z":0,"a":2}');
    assert.equal(outcomeOf(`has(${json})`, record), "true");
  }
});

test("a lone surrogate does not match the replacement character", () => {
  assert.equal(outcomeOf('.["\\ud800"]', '{"\ufffd":1}'), "null");
});

test("code points, base64 and JSON text that mean nothing are clean errors or replaced", () => {
  for (const text of [
    '["a"] | implode',
    "[null] | implode",
    '"\\n\\"a\\nb\\"" | fromjson',
    '"{" | fromjson',
    '"" | fromjson',
    '"nul" | fromjson',
    '"1 2" | fromjson',
    '"\\u0000" | fromjson',
  ]) {
    assert.match(outcomeOf(text, "null"), /^!t:1: the filter failed(?: at column \d+)?: /, text);
  }
  assert.equal(outcomeOf("[65.7, 128512, 1114112, -1] | implode", "null"), '"A😀\ufffd\ufffd"');
  assert.equal(outcomeOf('"[1,\\n 2]\\n" | fromjson', "null"), "[1,2]");
});

test("any text is compiled, or refused with a place: never a defect", () => {
  const pieces = fc.constantFrom(
    ...'( ) [ ] { } | , . .. .a .[ ? // ?// = |= += == < and or not if then elif else end try catch as $x $__loc__ reduce foreach def f: ; : label break @json @x " \\( 1 1e5 - + * / % null true empty error map( select( path( limit( 1; first( range( # \n'.split(
      " ",
    ),
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.array(pieces, { maxLength: 12 }).map((list) => list.join(" ")),
        fc.string({ unit: "binary" }),
      ),
      (text) => {
        let count = 0;
        try {
          compileFilter(`first(limit(3; ${text}))`);
          const { run } = compileFilter(text);
          run(fromJson('{"a":[1,{"b":null}]}'), (value) => {
            toJson(value);
            if (++count > 100) throw new JnError("USAGE", "enough");
          });
        } catch (error) {
          const known = error instanceof JnError || (error instanceof Error && error.name === "FilterError");
          assert.ok(
            known || (error instanceof RangeError && /stack/.test(error.message)),
            error instanceof Error ? error.stack : "",
          );
        }
      },
    ),
    { numRuns: 1000 },
  );
  assertClean();
});

test("jn filter: hostile arguments end with a result or a code for the user, never as a defect", async () => {
  const calls: readonly (readonly [status: number, args: readonly string[]])[] = [
    [0, ["-n", "--arg", "constructor", "x", "$constructor"]],
    [0, ["-n", "--arg", "__proto__", "x", "$__proto__"]],
    [0, ["-n", "--argjson", "x", '{"__proto__":{"polluted":1}}', "$x, ({} | .polluted)"]],
    [0, ["-n", "{} | .__proto__.polluted = true"]],
    [2, ["-n", Array.from({ length: 10_000 }, () => "1").join("+")]],
    [2, ["-n", `${'"\\('.repeat(5000)}1`]],
    [2, ["-n", "@constructor"]],
    [3, ["-n", "def f: 1 + f; f"]],
    [3, ["-n", '"x" * 1e9']],
    [3, ["-n", "reduce range(100000) as $i (0; [.])"]],
  ];
  await Promise.all(
    calls.map(async ([status, args]) => {
      const outcome = await runJn(["filter", ...args]);
      assert.equal(outcome.status, status, described(outcome));
      assert.doesNotMatch(outcome.stderr, /defect|at .*\.[cm]?js:/, described(outcome));
    }),
  );
});
