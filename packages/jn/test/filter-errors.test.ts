import assert from "node:assert/strict";
import { test } from "node:test";
import { loadBuiltins } from "../src/filter/builtins/native.ts";
import { compileFilter } from "../src/filter/compiler/compile.ts";
import { FilterError } from "../src/filter/value/filter-error.ts";
import { messageOf } from "../src/filter/value/shown.ts";
import { JnError } from "../src/jn-error.ts";
import { failed, folderWith, runJn } from "./support/jn.ts";

await loadBuiltins();

function syntaxError(text: string): string {
  try {
    compileFilter(text);
  } catch (error) {
    assert.ok(error instanceof JnError && error.code === "USAGE", String(error));
    return error.message;
  }
  return assert.fail(`${text} compiles`);
}

/** A filter, the column (from 1) that the caret must stand under, and what the message must say. */
const SYNTAX: readonly (readonly [filter: string, column: number, message: RegExp])[] = [
  [".a[", 4, /expected an expression, found the end/],
  [".a[0", 5, /expected '\]', found the end/],
  ["(1 + 2", 1, /this '\(' is never closed with '\)'/],
  ["[1, 2", 1, /this '\[' is never closed with '\]'/],
  ["{a: 1", 1, /this '\{' is never closed with '\}'/],
  ["f(1", 2, /this '\(' is never closed/],
  ["1 +", 4, /expected an expression, found the end/],
  ["1 + * 2", 5, /expected an expression, found '\*'/],
  [".a .b )", 7, /expected an operator or the end, found '\)'/],
  [".a b", 4, /expected an operator or the end, found 'b'/],
  ['.a "b"', 4, /expected an operator or the end, found a string/],
  ["'a'", 1, /double quotes/],
  ['.a == "x', 7, /this string is never closed/],
  ['"a\\(1 + 2', 3, /interpolation .* is never closed/],
  ['"a\\(1 + 2"', 10, /this string is never closed/],
  ['"\\x"', 2, /there is no escape \\x/],
  ['"\\u12"', 2, /\\u needs four hexadecimal digits/],
  [".a ~ 1", 4, /'~' means nothing here/],
  ["1 == 2 == 3", 8, /'==' and '==' need parentheses/],
  [".a = 1 = 2", 8, /'=' and '=' need parentheses/],
  ["if . then 1", 12, /expected 'end', found the end/],
  ["if . 1", 6, /expected 'then', found '1'/],
  ["reduce .[] as $x", 17, /expected \(init; update\)/],
  ["reduce .[] as x (0; 1)", 15, /expected a variable, \[\.\.\.\] or \{\.\.\.\} to bind/],
  ["foreach .[] as $x (0)", 22, /expected \(init; update\)/],
  ["reduce .[] as [$a] ?// $a (0; 1)", 27, /\?\/\/ is not possible here/],
  ["def f 1; f", 7, /expected ':', found '1'/],
  ["def f: 1", 9, /expected ';', found the end/],
  ["def 1: 1; 1", 5, /expected a function name, found '1'/],
  ["label x | 1", 7, /expected a variable, found 'x'/],
  [". as $x", 8, /expected '\|', found the end/],
  ["{1 2}", 2, /expected a key/],
  ["{a 1}", 4, /expected '\}', found '1'/],
  ["{(1)}", 3, /only a string can be the key/],
  ["{[1]: 2}", 2, /expected a key/],
  [".[1:2", 6, /expected '\]'/],
  ["try", 4, /expected an expression, found the end/],
  ["1 as $x | 2 |", 14, /expected an expression, found the end/],
  ["$", 1, /expected an expression, found '\$'/],
  // Names
  ["[.[] | lenght]", 8, /there is no function lenght; did you mean 'length'\?/],
  ["selct(.a)", 1, /there is no function selct; did you mean 'select'\?/],
  ["def double: . * 2; duoble", 20, /there is no function duoble; did you mean 'double'\?/],
  ["zzzzzzzz", 1, /there is no function zzzzzzzz$/m],
  ["map", 1, /map takes 1 argument, not 0/],
  ["1 | select(.; .)", 5, /select takes 1 argument, not 2/],
  ["range", 1, /range takes 1 or 2 or 3 arguments, not 0/],
  ["def f(a): a; f", 14, /f takes 1 argument, not 0/],
  ["_sort_by_kezs(1)", 1, /there is no function/],
  [".a == $x", 7, /\$x is not defined here; pass it with --arg x VALUE/],
  ["(1 as $x | $x) | $x", 18, /\$x is not defined/],
  ["def f: $y; 1 as $y | f", 8, /\$y is not defined/],
  ["@jsn", 1, /there is no format @jsn; did you mean '@?json'\?/],
  ['1 | @bas64 "x"', 5, /there is no format @bas64/],
  ["break $x", 1, /there is no label \$x here/],
  ["label $x | def f: 1; (label $y | 1), break $y", 38, /there is no label \$y here/],
];

for (const [text, column, message] of SYNTAX) {
  test(`a mistake is shown where it is: ${text}`, () => {
    const [first = "", shown = "", caret = ""] = syntaxError(text).split("\n");
    assert.match(first, message);
    assert.match(first, new RegExp(`^in the filter, column ${column}: `));
    assert.equal(shown, `  ${text}`);
    assert.equal(caret, `${" ".repeat(column + 1)}^`);
  });
}

test("in a filter of several lines the line is named, and only that is shown", () => {
  assert.equal(
    syntaxError(".a\n| .b +\n| .c"),
    "in the filter, line 3, column 1: expected an expression, found '|'\n  | .c\n  ^",
  );
  assert.match(syntaxError("lenght\n"), /^in the filter, line 1, column 1: /);
});

test("of a long line only what is near the mistake is shown", () => {
  const message = syntaxError(`${"1 + ".repeat(200)}* ${"+ 1".repeat(200)}`);
  assert.ok(message.length < 400, message);
  const [, shown = "", caret = ""] = message.split("\n");
  assert.equal(shown[caret.indexOf("^")], "*");
});

test("control characters of a filter do not reach the terminal, and the caret stays right", () => {
  const [, shown = "", caret = ""] = syntaxError('"\u001b[31m" ~').split("\n");
  assert.ok(!shown.includes("\u001b"));
  assert.equal(shown[caret.indexOf("^")], "~");
});

/** What fails at run time: the input is {"a":"x","n":0,"l":[1]}. */
const RUN_TIME: readonly (readonly [filter: string, message: string])[] = [
  [".a.b", 'Cannot index string with string ("b")'],
  [".l.b", 'Cannot index array with string ("b")'],
  [".n[0]", "Cannot index number with number (0)"],
  [".[0]", "Cannot index object with number (0)"],
  [".a[]", 'Cannot iterate over string ("x")'],
  [".zz[]", "Cannot iterate over null (null)"],
  [".a + 1", 'string ("x") and number (1) cannot be added'],
  [".l - .a", 'array ([1]) and string ("x") cannot be subtracted'],
  ["{} * .l", "object ({}) and array ([1]) cannot be multiplied"],
  ["1 / .n", "number (1) and number (0) cannot be divided because the divisor is zero"],
  ["1 % .n", "number (1) and number (0) cannot be divided (remainder) because the divisor is zero"],
  ["-.a", 'string ("x") cannot be negated'],
  ["{(.l): 1}", "Cannot use array ([1]) as object key"],
  ["error", '{"a":"x","n":0,"l":[1]} (not a string)'],
  ['error("my \\(.a)")', "my x"],
  ["error(null)", "null (not a string)"],
  [".a | tonumber", 'string ("x") cannot be parsed as a number'],
  [".a | keys", 'string ("x") has no keys'],
  [".a | sort", 'string ("x") cannot be sorted, as it is not an array'],
  [".l | implode | .x", 'Cannot index string with string ("x")'],
  ["path(1)", "Invalid path expression with result 1"],
  ["(1, 2) = 3", "Invalid path expression with result 1"],
  ["[range(100)] | .a", 'Cannot index array with string ("a")'],
  ["[range(100)] | tonumber", "array ([0,1,2,3,4,5,6,7,8,9,10,1...]) cannot be parsed as a number"],
  ["limit(-1; 1)", "limit doesn't support negative count"],
  [".l[0:1] = 1", "A slice of an array can only be assigned another array"],
  [".l[-5] = 1", "Out of bounds negative array index"],
];

for (const [text, message] of RUN_TIME) {
  test(`a failure says what could not be done to which value: ${text}`, () => {
    const { run } = compileFilter(text);
    assert.throws(
      () => run({ a: "x", n: 0, l: [1] }, () => undefined),
      (error) => {
        assert.ok(error instanceof FilterError);
        assert.equal(messageOf(error), message);
        return true;
      },
    );
  });
}

test("jn filter: a mistake in the filter exits with 2 and reads nothing", async () => {
  for (const text of [".a[", "lenght", "$nope", "@nope", "1 2", `${"(".repeat(600)}1${")".repeat(600)}`]) {
    const outcome = await runJn(["filter", text], { input: '{"a":1}\n' });
    assert.equal(failed(outcome, 2, /^jn filter: in the filter, column \d+: .*\n {2}.*\n *\^\n$/), "");
  }
});

test("jn filter: a failure exits with 3 and names source, line and value; what came before is written", async (context) => {
  const folder = folderWith(context, { "people.ndjson": '{"n":1}\n\n{"n":"x"}\n{"n":3}\n' });
  const outcome = await runJn(["filter", ".n + 1", "people.ndjson"], { cwd: folder });
  const message =
    /^jn filter: people\.ndjson:3: the filter failed at column 1: string \("x"\) and number \(1\) cannot be added\n/;
  assert.equal(failed(outcome, 3, message), "2\n");
  const fromInput = await runJn(["filter", ".n + 1"], { input: '{"n":"x"}\n' });
  failed(fromInput, 3, /^jn filter: standard input:1: the filter failed at column 1: /);
});

test("jn filter: failures without input, in arguments and in files of filters have their code", async (context) => {
  const folder = folderWith(context, { "bad.jq": "# find\n.a |\n  lenght\n" });
  failed(await runJn(["filter", "-n", 'error("no")']), 3, /the filter failed at column 1: no\n/);
  failed(await runJn(["filter", "--argjson", "x", "{", "$x"]), 2, /--argjson x: '\{' is not JSON/);
  failed(await runJn(["filter", "-f", "bad.jq"], { cwd: folder }), 2, /line 3, column 3: there is no function lenght/);
  failed(await runJn(["filter"]), 2, /expression is missing/);
});

test("jn filter: control characters of the data do not reach the terminal", async () => {
  const outcome = await runJn(["filter", "error(.)"], { input: '"\\u001b[31m\\u0007\\u202e"\n' });
  failed(outcome, 3, /the filter failed at column 1: \\u001b\[31m\\u0007\\u202e\n/);
});
