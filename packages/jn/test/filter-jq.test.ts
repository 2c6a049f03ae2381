import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { loadBuiltins } from "../src/filter/builtins/native.ts";
import { fromJson } from "../src/filter/builtins/types.ts";
import { compileFilter } from "../src/filter/compiler/compile.ts";
import { FilterError } from "../src/filter/value/filter-error.ts";
import { toJson } from "../src/filter/value/json-text.ts";
import { JnError } from "../src/jn-error.ts";

await loadBuiltins();

/**
 * Programs, inputs and what jq 1.8.2 made of them, a case a line, separated by tabs: the program, the input, each result; an
 * error that ends it begins with `!`; `!!` is a program that does not compile.
 */
const CASES = readFileSync(join(fileURLToPath(import.meta.url), "../../../test/fixtures/jq-1.8.tsv"), "utf8").trimEnd();

function outcomeOf(program: string, input: string): readonly string[] {
  const results: string[] = [];
  try {
    compileFilter(program).run(fromJson(input), (value) => results.push(toJson(value)));
  } catch (error) {
    if (error instanceof JnError) return ["!!"];
    if (!(error instanceof FilterError)) throw error;
    results.push(`!${typeof error.value === "string" ? error.value : toJson(error.value)}`);
  }
  return results;
}

test("programs give what jq 1.8.2 gives", { timeout: 60_000 }, () => {
  const lines = CASES.split("\n");
  assert.ok(lines.length > 1000);
  for (const line of lines) {
    const [program = "", input = "", ...expected] = line.split("\t");
    assert.deepEqual(outcomeOf(program, input), expected, `${program} on ${input}`);
  }
});
