import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { loadBuiltins } from "../src/filter/builtins/native.ts";
import { fromJson } from "../src/filter/builtins/types.ts";
import { compileFilter } from "../src/filter/compiler/compile.ts";
import { FilterError } from "../src/filter/value/filter-error.ts";
import { toJson } from "../src/filter/value/json-text.ts";
import { messageOf } from "../src/filter/value/shown.ts";
import { JnError } from "../src/jn-error.ts";
import { described, failed, folderWith, runJn, succeeded } from "./support/jn.ts";

await loadBuiltins();

/** The results as JSON; an error, with `!` before it, is the last of them. */
function outcomeOf(program: string, input = "null"): string {
  const results: string[] = [];
  try {
    compileFilter(program).run(fromJson(input), (value) => results.push(toJson(value)));
  } catch (error) {
    if (!(error instanceof FilterError || error instanceof JnError)) throw error;
    results.push(`!${error instanceof FilterError ? messageOf(error) : error.message}`);
  }
  return results.join(" ");
}

const DEEP_ARRAY = "reduce range(9990) as $i ([]; [.])";
const DEEP_OBJECT = "reduce range(3000) as $i ({}; {a: .})";
const KEYS = '([range(20000) | {key: "k\\(.)", value: .}] | from_entries)';

const CASES: readonly (readonly [program: string, result: string | RegExp])[] = [
  // Nested as deeply as anything can be.
  [`${DEEP_ARRAY} | setpath([range(9990) | 0]; 1) | getpath([range(9990) | 0])`, "1"],
  [`${DEEP_ARRAY} | delpaths([[range(100) | 0]]) | [.. | length] | add`, "99"],
  [`${DEEP_ARRAY} | flatten`, "[]"],
  [`${DEEP_ARRAY} | tojson | fromjson | [..] | length`, "9991"],
  [`(${DEEP_OBJECT}) * (${DEEP_OBJECT}) | [..] | length`, "3001"],
  [`(${DEEP_ARRAY}) as $a | (${DEEP_ARRAY}) as $b | $a == $b, $a < [$b], ([$a, $b] | sort, unique, group_by(.) | length)`, "true true 2 1 1"],
  [`(${DEEP_OBJECT}) as $a | (${DEEP_OBJECT}) as $b | $a == $b, $a < {a: $b}, ([$a, $b] | sort, unique, group_by(.) | length)`, "true true 2 1 1"],
  ["reduce range(500) as $i ({}; {a: .}) | contains(.), (walk(.) | [paths] | length)", "true 500"],
  ["[range(10001) | 0] as $p | null | try setpath($p; 1) catch ., try getpath($p) catch ., try delpaths([$p]) catch .", /^("Path too deep" ?){3}$/],
  // NUL is data in a text, and none in a program.
  ['"a\\u0000b" | length, ., explode, ascii_downcase, split("\\u0000"), test("\\u0000"), @json', String.raw`3 "a\u0000b" [97,0,98] "a\u0000b" ["a","b"] true "\"a\\u0000b\""`],
  [".a\0", /^!in the filter, column 3: /],
  ['"a\0b"', /^(?:"a\\u0000b"|!in the filter, column \d+: )/],
  // Numbers.
  ['"1 NaN123" | fromjson', /^!.*Unexpected extra JSON values/],
  ['"NaN10" | fromjson', /^!/],
  ["1 NaN123", /^!in the filter, column 3: /],
  ["[-2645e-1141622225] | .[0] + 1", "1"],
  ["1e1141622225 | . > 1e308, . == infinite", "true true"],
  ['"1" * 1000000 | tonumber | tostring | length', "1000000"],
  ['("1" * 1000 | tonumber) + 1 | tostring | length', /^\d+$/],
  ['("1" * 5000 | tonumber) * ("1" * 5000 | tonumber) | . > 1e308', "true"],
  // Places beyond every array.
  [".[2147483647] = 1", "!Array index too large"],
  [".[2147483648]", "null"],
  ["[1] | .[2147483647:], .[:2147483648], .[-2147483649]", "[] [1] null"],
  ["null | setpath([4294967296]; 1)", "!Array index too large"],
  ["[1] | del(.[2147483647], .[-2147483649])", "[1]"],
  ["[limit(3; range(1e300; 1e301))] | length", "3"],
  ["[limit(3; range(0; 1; 0))] | length, ([range(0; 10; -1)] | length)", "0 0"],
  ['"x" * 1e10, 1e18 * "x"', /^!Repeat string result too long/],
  ['"x" * -1, "x" * 0.5, "x" * nan', 'null "" null'],
  ["[1114112, 55296, -1, 1e300] | implode | explode", "[65533,65533,65533,65533]"],
  // Much, in time that is not its square.
  ["[range(100000)] | map_values(. + 1) | length, (.[] += 1 | length), (del(.[1:]) | length)", "100000 100000 1"],
  ["[range(100000) | {a: .}] | del(.[].a) | unique | length", "1"],
  ["[range(100000)] | fromstream(tostream) | length", "100000"],
  ['[range(100000) | {("k\\(.)"): 1}] | add | length', "100000"],
  ["[range(100000)] - [range(50000)] | length", "50000"],
  ["[range(100000) | 0] | index([range(50000) | 0]), (indices([0, 0]) | length), (. - [1] | length)", "0 99999 100000"],
  ['("a" * 1000000) | (indices("a" * 500000) | length), contains("b" + "a" * 500000), (split("b" + "a" * 500000) | length)', "500001 false 1"],
  ['"x" * 100000 | until(. == ""; ltrimstr("x"))', '""'],
  ['"x" * 100000 | until(. == ""; .[1:] | rtrimstr("x") | .[:1000])', '""'],
  [`${KEYS} | (map_values(. + 1), with_entries(.value += 1), del(.k1), (.k2 = 3)) | length`, "20000 20000 19999 20000"],
  ['reduce range(200000) as $i ({}; .["\\($i)"] = $i) | length', "200000"],
  ["[range(100000) | tostring] | group_by(.[:1]) | map(length) | add", "100000"],
  // Two decimals of a text that looks alike, and keys that a known hash would put in one place.
  ['[range(50000) | {key: ("Aa" * (. % 7) + "BB" * (. % 5) + tostring), value: 1}] | from_entries | length', "50000"],
  // What looks around or back has a bound, what does not is quick.
  ['("a" * 500 + "!") | test("^(?:(?=a)a+)+$")', /^(?:false|!Regex failure: it takes too long on this text)$/],
  ['("a" * 500 + "!") | test("^(a+|(?<!b)a)+\\\\1$")', /^(?:false|!Regex failure: it takes too long on this text)$/],
  ['"a" | [match("(?:)*"; "g").offset], [match("(a*)*"; "g").offset], [match("(?:a?)*?"; "g").offset]', "[0,1] [0,1] [0,1]"],
]; // prettier-ignore

for (const [program, result] of CASES) {
  test(`at the edge: ${program.slice(0, 150)}`, { timeout: 120_000 }, () => {
    if (typeof result === "string") assert.equal(outcomeOf(program), result);
    else assert.match(outcomeOf(program), result);
  });
}

test("a function of many parameters has all of them; too many are refused", () => {
  const named = (count: number): string => Array.from({ length: count }, (_, at) => `$p${at}`).join("; ");
  const given = (count: number): string => Array.from({ length: count }, (_, at) => String(at)).join("; ");
  assert.equal(outcomeOf(`def f(${named(200)}): [$p0, $p199]; f(${given(200)})`), "[0,199]");
  assert.match(outcomeOf(`def f(${named(20_000)}): $p1; f(${given(20_000)})`), /^(?:1|!in the filter)/);
});

test("modules that import each other, and names that are none, are refused", { timeout: 60_000 }, async (context) => {
  const folder = folderWith(context);
  writeFileSync(join(folder, "a.jq"), 'import "b" as b; def f: 1;');
  writeFileSync(join(folder, "b.jq"), 'import "a" as a; def g: 1;');
  writeFileSync(join(folder, "self.jq"), 'include "self"; def f: 1;');
  writeFileSync(join(folder, "with-nul.jq"), "def f: 1\0;");
  writeFileSync(join(folder, "bad.json"), '{"a":1}\0');
  for (const [program, message] of [
    ['import "a" as a; 1', /in a circle/],
    ['include "self"; 1', /in a circle/],
    [String.raw`import "a\u0000b" as a; 1`, /there is no module/],
    ['import "../a" as a; 1', /there is no module/],
    ['import "with-nul" as a; 1', /with-nul\.jq: in the filter, column \d+/],
    ['import "bad" as $a; 1', /bad\.json:1: not JSON/],
  ] as const)
    failed(await runJn(["filter", "-n", "-L", folder, program]), 2, message);
});

test("a program in a file may begin with a byte order mark, and has no NUL", { timeout: 60_000 }, async (context) => {
  const folder = folderWith(context);
  writeFileSync(join(folder, "bom.jq"), "\ufeff1 + 1");
  writeFileSync(join(folder, "nul.jq"), "1\0 + 1");
  const outcome = await runJn(["filter", "-n", "-f", join(folder, "bom.jq")]);
  assert.equal(succeeded(outcome), "2\n", described(outcome));
  failed(await runJn(["filter", "-n", "-f", join(folder, "nul.jq")]), 2, /column 2/);
});
