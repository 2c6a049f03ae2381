import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { loadBuiltins } from "../src/filter/builtins/native.ts";
import { compileFilter } from "../src/filter/compiler/compile.ts";
import { FilterError } from "../src/filter/value/filter-error.ts";
import { messageOf } from "../src/filter/value/shown.ts";
import { toJson } from "../src/filter/value/json-text.ts";
import { nativePattern } from "../src/filter/regex/native-pattern.ts";
import { PatternMatcher } from "../src/filter/regex/pattern-matcher.ts";
import { parsePattern } from "../src/filter/regex/pattern-parser.ts";
import { compilePattern } from "../src/filter/regex/pattern-program.ts";

await loadBuiltins();

const OPTIONS = { ignoresCase: false, dotAll: false, multiLine: false, extended: false };

const piece = fc.oneof(
  fc.constantFrom(
    "a",
    "b",
    ".",
    "[ab]",
    "[^a]",
    "\\d",
    "\\w",
    "é",
    "😀",
    "^",
    "$",
    "\\A",
    "\\z",
    "(a)",
    "(a|b)",
    "(a|(b)c)",
  ),
  fc
    .tuple(
      fc.constantFrom("a", ".", "[ab]", "\\w", "é"),
      fc.constantFrom("*", "+", "?", "*?", "+?", "{2}", "{2,}", "??"),
    )
    .map((parts) => parts.join("")),
);
const pattern = fc
  .array(
    fc.array(piece, { minLength: 1, maxLength: 4 }).map((pieces) => pieces.join("")),
    { minLength: 1, maxLength: 3 },
  )
  .map((options) => options.join("|"));
const subject = fc
  .array(fc.constantFrom("a", "b", "c", "1", "é", "😀", "\n", "_"), { maxLength: 12 })
  .map((all) => all.join(""));

test("patterns that are left to the engine match as they do with our own matcher", { timeout: 60_000 }, () => {
  let native = 0;
  fc.assert(
    fc.property(pattern, subject, fc.boolean(), (source, text, ignoresCase) => {
      const parsed = parsePattern(source, { ...OPTIONS, ignoresCase });
      const found = nativePattern(parsed.root);
      if (found === undefined) return;
      native++;
      const ours = new PatternMatcher(compilePattern(parsed)).find(text, 0);
      found.expression.lastIndex = 0;
      const match = found.expression.exec(text);
      const theirs = match?.indices?.flatMap((span) => span ?? [-1, -1]);
      assert.deepEqual(ours === undefined ? undefined : [...ours], theirs);
    }),
    { numRuns: 2000 },
  );
  assert.ok(native > 200);
});

function outcomeOf(filter: string, input: string): string {
  const results: string[] = [];
  try {
    compileFilter(filter).run(input, (value) => results.push(toJson(value)));
  } catch (error) {
    if (!(error instanceof FilterError)) throw error;
    results.push(`!${messageOf(error)}`);
  }
  return results.join(" ");
}

test("patterns that would run away take linear time, or end with an error", { timeout: 60_000 }, () => {
  const text = "a".repeat(500);
  for (const source of ["(a+)+$", "(a|a)*b", "(a*)*b", "(a|aa)+$", "(.*a){12}b", "(?:a?){40}a{40}b", "a*a*a*a*a*b"]) {
    const outcome = outcomeOf(`test(${JSON.stringify(source)})`, `${text}!`);
    assert.equal(outcome, "false", source);
  }
  for (const source of ["(a+)+\\1b"]) {
    const outcome = outcomeOf(`test(${JSON.stringify(source)})`, `${text}!`);
    assert.match(outcome, /^(?:false|!Regex failure: it takes too long on this text)$/, source);
  }
});

test("a long text is matched without a stack", { timeout: 60_000 }, () => {
  const text = "ab".repeat(500_000);
  assert.equal(
    outcomeOf('match("(ab)*").length, (match("(?:a|b)*+").length), ([scan("ab")] | length)', text),
    "1000000 1000000 500000",
  );
  assert.equal(outcomeOf('gsub("b"; "") | length', text), "500000");
});
