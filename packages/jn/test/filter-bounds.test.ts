import assert from "node:assert/strict";
import { test } from "node:test";
import { Worker } from "node:worker_threads";
import { compileFilter } from "../src/filter/compiler/compile.ts";
import { MAX_STEPS } from "../src/filter/compiler/steps.ts";
import type { FilterEnd, FilterWork } from "./support/filter-worker.ts";

const IS_HEAVY = process.env["JN_TEST_HEAVY"] === "1";

/** Longer than any program takes here, under any load; one that hangs takes for ever. */
const WATCH_MS = 100_000;

/**
 * How programs end that run one after the other in a heap of 64 MB, besides what the filter's own bound leaves free.
 *
 * Fails, naming the program, for one that hangs or takes more memory than there is.
 */
async function endsOf(work: FilterWork): Promise<ReadonlyMap<string, FilterEnd>> {
  const worker = new Worker(new URL("support/filter-worker.js", import.meta.url), {
    workerData: work,
    resourceLimits: { maxOldGenerationSizeMb: 112 },
  });
  const ends = new Map<string, FilterEnd>();
  let running = "";
  let watch: NodeJS.Timeout | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      worker.on("message", ({ program, end }: { readonly program: string; readonly end?: FilterEnd }) => {
        running = program;
        if (end !== undefined) ends.set(program, end);
        clearTimeout(watch);
        watch = setTimeout(() => reject(new Error(`does not end: ${program}`)), WATCH_MS);
      });
      worker.on("error", (error) => reject(new Error(`${running}: ${error.message}`, { cause: error })));
      worker.on("exit", () => resolve());
    });
  } finally {
    clearTimeout(watch);
    await worker.terminate();
  }
  assert.deepEqual([...ends.keys()], [...new Set(work.programs)]);
  for (const [program, end] of ends) assert.ok(!end.startsWith("defect"), `${program}: ${end}`);
  return ends;
}

/** 2^60 ones, in an array and in an object, that take no more memory than sixty. */
const SHARED: readonly string[] = [
  "reduce range(60) as $i (1; [., .])",
  "reduce range(60) as $i (1; {a: ., b: .})",
  "reduce range(60) as $i ({}; {a: [., .]})",
];

/** What can be done with such a value besides calling builtins, and those that need arguments of their own. */
const USES: readonly string[] = [
  ". == .", ". as $x | [$x, $x] | unique", ". < [.[]?]", ". != $other", "[.[]] == [$other[]]", ". + .", ". - .", ". - [.[]]", ". * .",
  "{a: .} * {a: .}", "{a: .} * {a: $other}", "[.] - [$other]", "[..] | length", "last(..)", ".. | empty", ".. |= .", ".. = 1",
  "(.. | select(. == 1)) |= 2", "(.. | numbers) += 1", "del(..)", "del(.. | select(. == 1))", "[paths] | length", "last(paths)",
  "last(leaf_paths)", "last(paths(type == \"number\"))", "[path(..)] | length", "pick(..)", "walk(.)", "walk(if type == \"number\" then . + 1 else . end)",
  "walk(empty)", "[.. | tojson]", "\"\\(.)\"", "@json \"\\(.)\"", "@json", "@text", "@html", "@uri", "@sh", "@csv", "@tsv", "@base64", "@base32", "[.] | @csv", "[.] | @sh",
  "[tostream] | length", "fromstream(tostream)", "[1 | truncate_stream($d | tostream)] | length", "flatten", "flatten(1000)", "[., .] | flatten",
  "[., $other] | sort", "[., $other] | unique", "[., $other] | group_by(.)", "[., $other] | min", "[., $other] | max_by(.)", "[., $other] | index([$d])",
  "[., $other] | indices($other)", "[., $other] | bsearch($d)", "[.] | contains([$other])", "{a: .} | contains({a: $other})", ". as $x | $other | inside($x)",
  "add(..)", "any(..; . == 2)", "all(..; . == 1)", "[limit(3; ..)] | length", "first(..) | length", "isempty(.. | select(. == 2))",
  "reduce .. as $x (0; . + 1)", "[foreach .. as $x (0; . + 1)]", "label $f | .. | if . == 2 then ., break $f else empty end",
  "getpath([range(60) | 0])", "setpath([range(60) | 0]; 2) | length", "setpath([range(60) | \"a\"]; 2)", "delpaths([[range(60) | 0]]) | length", "to_entries", "with_entries(.)",
  "map(.) | length", "map_values(.) | length", "map(tojson)", "tojson | fromjson", "tojson | length", "error", "try error catch length", "try error catch tojson",
  "error({a: .})", ". as [$a, [$b]] | $a", ". as {a: {b: $b}} | $b", ".[.]", ".[[.]]", ".[{start: ., end: 1}]", "{(.): 1}", "{a: .}[.]", "-.", ". / .", ". % 2", "not", "if . then 1 else . end",
  ". // 1", ".[1:]", ".[:1] = .", ".[0] = .", ".[0] |= tojson", ".[] += 1", "[.[] | tojson]", "INDEX(.[]; .)", "INDEX(.[]; tojson)", "IN(.[]; $other)", "combinations",
  "[limit(3; combinations)]", "until(type == \"number\"; .[0])", "unique_by(.)", "unique_by(length)", "group_by(tojson)", "sort_by(.)", "min_by(.)", "transpose", "[., .] | transpose",
  "recurse(.[]?; true) | empty", "recurse | empty", "$__loc__", "ltrimstr($other)", "tojson | test(\"x\")", "tojson | explode", "{} | .a = $d", "[$d] | .[0] == $other",
  "splits(.)", "getpath([.])", "setpath([.]; 1)", "delpaths([.])", "has(.)", "debug(.)", "[$d, $d] | tojson", "$d as $x | [$x] | @json", "def f: if type == \"array\" then map(f) else . end; f",
  "def f: if type == \"object\" then map_values(f) else . end; f", "def n: if type == \"array\" then map(n) | add else . end; n", "[$d | paths(..)]", "map_values(tojson)",
]; // prettier-ignore

const BUILTINS = (() => {
  let names: readonly string[] = [];
  compileFilter("builtins").run(null, (value) => (names = value as readonly string[]));
  return names;
})();

/** Every builtin, of such a value, with such values for its arguments. */
const CALLS: readonly string[] = BUILTINS.flatMap((key) => {
  const [name = "", arity = "0"] = key.split("/");
  const args = ["$other", ".", ".[]?"].map((arg) => Array.from({ length: Number(arity) }, () => arg).join("; "));
  return [...new Set(args)].map((list) => (list === "" ? name : `${name}(${list})`));
});

function programsOf(uses: readonly string[]): readonly string[] {
  return SHARED.flatMap((value) => uses.map((use) => `${value} as $d | (${value}) as $other | $d | ${use}`));
}

test(
  "no builtin takes for ever, or all memory, for a value of parts that are shared",
  { timeout: 600_000 },
  async () => {
    assert.ok(CALLS.length > 250);
    const ends = await endsOf({ programs: programsOf([...USES, ...CALLS]), maxSteps: 5000 });
    // Among them are those that would never end.
    assert.ok([...ends.values()].filter((end) => end === "too long").length > 100);
  },
);

/** Each takes more memory than there is, if it is let: by what it makes, or by what it puts together. */
const GREEDY: readonly string[] = [
  ...["[tostream]", "[paths]", "[..]", ". * .", "[leaf_paths]"].map((use) => `reduce range(60) as $i (1; {a: ., b: .}) | ${use}`),
  "reduce range(60) as $i (1; [., .]) | walk(.)", "reduce range(60) as $i (1; [., .]) | flatten",
  "[range(1e12)]", "[range(1e12) | [.]]", "[repeat({a: 1})]", "[limit(1e9; repeat(1))]",
  "reduce range(1e12) as $i ([]; . + [$i])", "reduce range(40) as $i ([0]; . + .)", "reduce range(40) as $i (\"x\"; . + .)", "def f: [f, f]; f",
  "def t: if . == 0 then 1 else (. - 1 | [t, t]) end; 60 | t", "[limit(1e9; repeat(\"x\" * 1e5 | . + \"y\" | ascii_downcase))]",
  "(\"x\" * 1e6) as $x | [range(1e5) | $x + tostring] | sort", "(\"x\" * 1e6) as $x | [range(1e5) | $x + tostring] | map(length)",
  "(\"x\" * 1e6) as $x | [range(1e5) | $x] | join(\",\")", "(\"x\" * 1e6) as $x | [range(1e5) | $x] | @csv", "(\"x\" * 1e6) as $x | [range(1e5) | $x] | tojson",
  "(\"x\" * 1e6) as $x | [range(1e5) | $x] | @sh", "(\"x\" * 1e6) as $x | [range(1e5) | $x] | add | length", "\"x\" * 1e7 | explode", "\"x\" * 1e7 | split(\"\")",
  "\"x,\" * 1e7 | split(\",\")", "\"x\" * 1e7 | [match(\".\"; \"g\")]", "\"x\" * 1e7 | gsub(\".\"; \"yy\")", "\"x\" * 1e7 | [splits(\"\")]", "\"x\" * 1e7 | indices(\"x\")",
  "\"\\\"\" * 1e6 | tojson | tojson | tojson | tojson | tojson | tojson | length", "\"&\" * 1e6 | @html | @html | @html | @html | @html | @html | @html | @html | @html | length",
  "\"é\" * 1e6 | @uri | @uri | @uri | @uri | @uri | @uri | length", "[range(1e5)] as $x | [range(1e5) | $x | sort]", "[range(1e5)] as $x | [range(1e5) | $x | reverse]",
  "[range(1e5)] as $x | [range(1e5) | $x[1:]]", "[range(1e5)] as $x | [range(1e5) | $x + [1]]", "[range(1e5)] as $x | [range(1e5) | $x] | add", "[range(1e5)] as $x | [range(1e5) | $x] | transpose",
  "[range(1e4) | []] + [[range(1e5)]] | transpose", "[range(1e5)] as $x | [range(1e5) as $i | $x | .[5] = $i]", "[range(1e5)] as $x | [range(1e5) as $i | $x | del(.[$i])]",
  "([range(1e5) | {key: tostring, value: .}] | from_entries) as $x | [range(1e5) as $i | $x | .a = $i]", "([range(1e5) | {key: tostring, value: .}] | from_entries) as $x | [range(1e5) as $i | $x + {a: $i}]",
  "([range(1e5) | {key: tostring, value: .}] | from_entries) as $x | [range(1e5) as $i | $x | keys]", "([range(1e5) | {key: tostring, value: .}] | from_entries) as $x | [range(1e5) as $i | $x * {a: 1}]",
  ".[67108863] = 1", "null | setpath([range(100) | 67108863]; 1)", "reduce range(100) as $i ([]; .[$i][67108863] = 1)", "[range(1e6)] | .[67108863] = 1", "[[range(1e6)]] | [combinations]", "[[range(1e4)], [range(1e4)]] | [combinations]",
  "[range(1e6)] | implode | explode | map([.]) | map([.])", "[range(1e6) | tojson] | map(tojson) | map(tojson) | tojson | tojson", "\"[\" + (\"[],\" * 1e7) + \"1]\" | fromjson",
]; // prettier-ignore

/** These take longer, as they look at much before they are at an end. */
const SLOW: readonly string[] = [
  ...["walk(.)", "flatten", "tojson", "@json", "map_values(walk(.))", "contains(.)", "unique", "group_by(.)", "tojson | fromjson"].map(
    (use) => `reduce range(60) as $i (1; {a: ., b: .}) | ${use}`,
  ),
  "reduce range(60) as $i (1; [., .]) | tojson", "reduce range(1e12) as $i ({}; .[$i | tostring] = $i)",
]; // prettier-ignore

test("what would take more memory than there is ends with an error", { timeout: 600_000 }, async () => {
  const programs = IS_HEAVY ? [...GREEDY, ...SLOW] : GREEDY.filter((_, at) => at % 3 === 0);
  const ends = await endsOf({ programs, maxSteps: MAX_STEPS });
  for (const [program, end] of ends) assert.ok(end !== "refused" && end !== "done", `${program}: ${end}`);
});
