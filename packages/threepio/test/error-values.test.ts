import assert from "node:assert/strict";
import { test } from "node:test";
import { placeInStack } from "../src/reporters/error-values.ts";

test("the place of an error is the first frame that is neither Node's nor a package's", { timeout: 60_000 }, () => {
  const inNode = "    at node:internal/main:3:4\n    at async Test.run (node:internal/test:1:2)\n";
  const inPackage = "    at f (/p/node_modules/x/y.js:3:1)\n    at node_modules/x/z.js:3:1\n";
  for (const [frame, place] of [
    ["    at Context.<anonymous> (/p/a.test.js:7:9)", { file: "/p/a.test.js", line: 7 }],
    ["    at async file:///p/a.test.mjs:7:9", { file: "/p/a.test.mjs", line: 7 }],
    ["f@/p/a.test.js:7:9", { file: "/p/a.test.js", line: 7 }],
    // These had no place: a path with a space, and mocha's, which is relative.
    ["    at Context.<anonymous> (/p/with a space/a.test.js:7:9)", { file: "/p/with a space/a.test.js", line: 7 }],
    ["    at /p/with a space/a.test.js:7:9", { file: "/p/with a space/a.test.js", line: 7 }],
    ["    at Context.<anonymous> (test/a.test.js:7:9)", { file: "test/a.test.js", line: 7 }],
    ["    at Array.map (<anonymous>)", undefined],
    ["    at new Promise (native:1:2)", undefined],
  ] as const) {
    assert.deepEqual(placeInStack(`Error: no:1:2\n${inNode}${inPackage}${frame}`), place, frame);
  }
});
