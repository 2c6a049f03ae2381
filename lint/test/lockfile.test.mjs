import assert from "node:assert/strict";
import { test } from "node:test";
import { lockfileProblems } from "../lockfile.mjs";

const tool = { version: "1.0.0", optionalDependencies: { "@tool/linux": "1.0.0", "@tool/other": "1.0.0" } };
const linux = { version: "1.0.0", optional: true };

test("accepts a lockfile without hosts that knows every platform", () => {
  const packages = {
    "": { workspaces: ["packages/*"] },
    "packages/jn": { version: "0.1.0" },
    "node_modules/jn": { resolved: "packages/jn", link: true },
    "node_modules/tool": tool,
    "node_modules/@tool/linux": linux,
    "node_modules/tool/node_modules/@tool/other": linux,
  };
  assert.deepEqual(lockfileProblems({ packages }), []);
});

test("refuses a lockfile that lacks a platform's package", () => {
  const packages = { "node_modules/tool": tool, "node_modules/@tool/linux": linux };
  assert.match(lockfileProblems({ packages }).join("\n"), /^node_modules\/tool needs @tool\/other/);
});

test("refuses a lockfile that names where a package came from", () => {
  const packages = { "node_modules/a": { version: "1.0.0", resolved: "https://host.example/a.tgz" } };
  assert.match(lockfileProblems({ packages }).join("\n"), /host\.example/);
});
