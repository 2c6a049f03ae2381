import assert from "node:assert/strict";
import { test } from "node:test";
// jq itself, 1.8.2, compiled to WebAssembly.
import { raw } from "jq-wasm";
import { loadBuiltins } from "../src/filter/builtins/native.ts";
import { fromJson } from "../src/filter/builtins/types.ts";
import { compileFilter } from "../src/filter/compiler/compile.ts";
import { FilterError } from "../src/filter/value/filter-error.ts";
import { toJson } from "../src/filter/value/json-text.ts";
import { RandomFilter } from "./support/random-filter.ts";

await loadBuiltins();

const PROGRAMS = process.env["JN_TEST_HEAVY"] === "1" ? 100_000 : 1000;
const SEED = 20_261_121;

/**
 * Differences that are meant, as the documentation has them:
 *
 * - where both find that an expression is no path, or that and something else wrong, after the same results: which of it
 *   is said;
 * - what is no path, but that jq takes for one, as the value that comes out is the one that went in, such as `tostring` of
 *   a string; or the other way about, in loops;
 * - which of two things that are wrong with an assignment, a slice and a place before the array, is said;
 * - `bsearch` in an array that is not sorted, where the manual promises nothing.
 */
function isMeant(program: string, theirs: string, ours: string): boolean {
  if (/Out of bounds negative/.test(theirs) && /A slice of an array can only/.test(ours)) return true;
  if (!/Invalid path expression/.test(theirs + ours)) return /bsearch|(?:path|del)\([^]*tostring/.test(program);
  const failure = /(?:^|\n)!(?!!)[^]*$/;
  if (failure.test(theirs) && failure.test(ours)) return theirs.replace(failure, "") === ours.replace(failure, "");
  if (!failure.test(theirs) && /Invalid path expression with result/.test(ours)) return true;
  return /(?:path|del|pick|map_values)\(|=/.test(program) && NO_PATHS.test(program);
}

const NO_PATHS = /tostring|walk|skip|nth|last|limit|first|reduce|foreach|-=|\?/;

async function theirsOf(program: string, input: string): Promise<string> {
  const { stdout, stderr, exitCode } = await raw(input, program, ["-c"]);
  if (exitCode === 3) return "!!";
  const results = stdout === "" ? [] : stdout.replace(/\n$/, "").split("\n").map(normal);
  const failure = /^jq: error \(at [^)]*\)(?: \(not a string\))?: ?([\s\S]*)$/.exec(stderr)?.[1]?.trim();
  return [...results, ...(failure === undefined ? [] : [`!${failure}`])].join("\n");
}

function oursOf(program: string, input: string): string {
  const results: string[] = [];
  try {
    compileFilter(program).run(fromJson(input), (value) => results.push(normal(toJson(value))));
  } catch (error) {
    if (error instanceof FilterError) {
      results.push(`!${typeof error.value === "string" ? error.value.trim() : toJson(error.value)}`);
    } else return "!!";
  }
  return results.join("\n");
}

/** Numbers by their value: how they are written is not what is compared. */
function normal(json: string): string {
  return JSON.stringify(JSON.parse(json));
}

test(`${PROGRAMS} random filters give what jq 1.8.2 gives`, { timeout: 3_600_000 }, async () => {
  const random = new RandomFilter(SEED);
  const differences: string[] = [];
  for (let count = 0; count < PROGRAMS; count++) {
    const { program, input } = random.next();
    const [theirs, ours] = [await theirsOf(program, input), oursOf(program, input)];
    if (theirs !== ours && !isMeant(program, theirs, ours))
      differences.push(`${program} on ${input}\njq: ${theirs}\njn: ${ours}`);
    if (differences.length > 20) break;
  }
  assert.deepEqual(differences, []);
});
