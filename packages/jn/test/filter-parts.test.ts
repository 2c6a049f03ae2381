import assert from "node:assert/strict";
import { test } from "node:test";
import { caseBuiltins } from "../src/filter/builtins/cases.ts";
import { dateBuiltins } from "../src/filter/builtins/dates.ts";
import { idBuiltins } from "../src/filter/builtins/ids.ts";
import { isLoaded, isNative, loadBuiltins } from "../src/filter/builtins/native.ts";
import { mathBuiltins } from "../src/filter/builtins/numbers.ts";
import { PART_NAMES } from "../src/filter/builtins/parts.ts";
import { regexBuiltins } from "../src/filter/builtins/regex.ts";
import { timeBuiltins } from "../src/filter/builtins/times.ts";
import { compileFilter, loadFilter } from "../src/filter/compiler/compile.ts";
import { folderWith } from "./support/jn.ts";
import { loadedParts } from "./support/loaded-parts.ts";

test("builtins of parts are known before they are loaded, and loaded for the filter that uses them", async () => {
  assert.equal(isNative("test/1"), true);
  assert.equal(isLoaded("test/1"), false);
  // Named in a text, nothing is used.
  compileFilter('"native[\\"test/1\\"]", {test: 1}, .floor');
  assert.throws(() => compileFilter('def f: test("a"); f'), /test\/1 must be loaded first/);
  const results: unknown[] = [];
  (await loadFilter('def f: test("a"); f, ascii_downcase')).run("xA", (value) => results.push(value));
  assert.deepEqual(results, [false, "xa"]);
  assert.equal(isLoaded("gmtime/0"), false);
});

test("the parts have the builtins that are listed, and no other", async () => {
  const tables = [regexBuiltins, dateBuiltins, timeBuiltins, mathBuiltins, caseBuiltins, idBuiltins];
  const names = tables.flat().map(([name]) => name);
  assert.deepEqual([...PART_NAMES].toSorted(), names.toSorted());
  await loadBuiltins();
  for (const name of names) assert.ok(isLoaded(name), name);
});

test("jn filter loads of its program what the filter uses", { timeout: 120_000 }, (context) => {
  const folder = folderWith(context);
  const filesOf = (...args: readonly string[]): readonly string[] => loadedParts(folder, ["filter", ...args], "{}\n");
  const always = ["core.cjs", "filter.cjs", "jn.cjs", "records.cjs"];
  const cases: readonly (readonly [file: string | undefined, ...args: readonly string[]])[] = [
    [undefined, ".x > 1"],
    [undefined, 'map_values(tojson) | .a = 1 | select(.b == null) | "\\(.a)" | ascii_downcase | split("x")'],
    ["filter-regex.cjs", 'tojson | gsub("a"; "b")'],
    ["filter-math.cjs", "length | floor"],
    ["filter-time.cjs", "0 | todate"],
    ["filter-text.cjs", "uuid"],
    ["filter-inputs.cjs", "-n", "1"],
    ["filter-modules.cjs", "-L", folder, '. as $import | "import"'],
  ];
  for (const [file, ...args] of cases)
    assert.deepEqual(filesOf(...args), [...always, ...(file === undefined ? [] : [file])].toSorted());
  assert.deepEqual(filesOf("-s", "length"), [...always, "filter-slurp.cjs"].toSorted());
  const held = ["filter-inputs.cjs", "filter-slurp.cjs"];
  assert.deepEqual(filesOf("-s", "sort"), [...always, ...held].toSorted());
});
