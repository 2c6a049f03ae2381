import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { JnError } from "../src/jn-error.ts";
import { parsePipeline, pipelineText } from "../src/run/pipeline-text.ts";

const VARIABLES = new Map([
  ["CITY", 'New | York\'s "x" ${CITY}'],
  ["EMPTY", ""],
]);

function parsed(text: string): string[][] {
  const stages = parsePipeline({ text, name: "the pipeline" }, (name) => VARIABLES.get(name));
  return stages.map((words) => words.map((word) => word.text));
}

const GOOD: readonly (readonly [text: string, stages: string[][]])[] = [
  [
    'cat a.csv | filter ".x > 10" | put b.json',
    [
      ["cat", "a.csv"],
      ["filter", ".x > 10"],
      ["put", "b.json"],
    ],
  ],
  [
    "cat a|put b",
    [
      ["cat", "a"],
      ["put", "b"],
    ],
  ],
  [
    "cat a\n| filter .x # select | these\n  | put b\n",
    [
      ["cat", "a"],
      ["filter", ".x"],
      ["put", "b"],
    ],
  ],
  ["a 'b | c'\\ d\"e\"'' \"\"", [["a", "b | c de", ""]]],
  ["a b#c '#' #d", [["a", "b#c", "#"]]],
  [
    "a ${CITY} \"${CITY}\" '${CITY}' x${EMPTY}y ${NONE:-a b} ${EMPTY:-z}",
    [["a", VARIABLES.get("CITY")!, VARIABLES.get("CITY")!, "${CITY}", "xy", "a b", ""]],
  ],
  ["cat a.csv?x>1 -~csv '-~csv?delimiter=;'", [["cat", "a.csv?x>1", "-~csv", "-~csv?delimiter=;"]]],
  ["filter $x . \\$HOME", [["filter", "$x", ".", "$HOME"]]],
];

for (const [text, stages] of GOOD) {
  test(`the words of ${JSON.stringify(text)}`, () => assert.deepEqual(parsed(text), stages));
}

test("backslashes outside and inside of quotes", () => {
  assert.deepEqual(parsed(String.raw`a "\"\\\$\d" '\"' \|x\ \\`), [["a", String.raw`"\$\d`, String.raw`\"`, "|x \\"]]);
});

const BAD: readonly (readonly [text: string, message: RegExp])[] = [
  ["", /column 1: there is no stage here/],
  ["cat a |", /column 7: there is no stage here\n {2}cat a \|\n {8}\^$/],
  ["| cat a", /column 1: there is no stage here/],
  ["cat a || put b", /column 7: there is no \|\| here/],
  ["cat 'a b", /column 5: this quote is not closed\n {2}cat 'a b\n {6}\^$/],
  ['cat a |\nput "b', /line 2, column 5: this quote is not closed\n {2}put "b\n {6}\^$/],
  ["cat a \\", /a backslash has nothing after it/],
  ["cat a > b.json", /column 7: '>' means nothing here, there is no shell; put ADDRESS writes to a file/],
  ["cat a >b.json", /'>' means nothing here/],
  ["cat a 2>/dev/null", /'2>' means nothing here/],
  ["cat < a", /cat ADDRESS reads a file/],
  ["cat a && put b", /'&&' means nothing here/],
  ["cat a; rm b", /';' means nothing here/],
  ["cat a &", /'&' means nothing here/],
  ["cat $(ls)", /commands are not substituted/],
  ["cat `ls`", /commands are not substituted/],
  ["cat ${NONE}", /column 5: the variable NONE is not set; set it, or give a default: \$\{NONE:-\.\.\.\}/],
  ["cat ${NO-NAME}", /a variable is written \$\{NAME\}/],
];

for (const [text, message] of BAD) {
  test(`${JSON.stringify(text)} is refused, with the place`, () => {
    assert.throws(
      () => parsed(text),
      (error) => {
        assert.ok(error instanceof JnError && error.code === "USAGE");
        assert.match(error.message, message);
        return true;
      },
    );
  });
}

test("any words can be written as a pipeline, and are read as the same words", () => {
  const word = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.string({ unit: fc.constantFrom(...Array.from("ab '\"\\$|#{};&>\n")) }),
  );
  const stages = fc.array(fc.array(word, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(stages, (words) => assert.deepEqual(parsed(pipelineText(words)), words)),
    { seed: 7, numRuns: 2000 },
  );
});

test("whatever the text is, it is parsed or refused, and what a variable stands for is never parsed", () => {
  const text = fc.string({ unit: fc.constantFrom(...Array.from("ab '\"\\$|#{}CITY\n")), maxLength: 30 });
  fc.assert(
    fc.property(text, (text) => {
      try {
        parsed(text);
      } catch (error) {
        assert.ok(error instanceof JnError, String(error));
      }
    }),
    { seed: 8, numRuns: 2000 },
  );
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...Array.from("a '\"\\$|#{}\n")) }), (value) => {
      const stages = parsePipeline({ text: 'a ${X} "${X}"', name: "p" }, () => value);
      assert.deepEqual(
        stages.map((words) => words.map((word) => word.text)),
        [["a", value, value]],
      );
    }),
    { seed: 9, numRuns: 500 },
  );
});
