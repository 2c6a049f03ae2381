import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { folderWith, JN_PATH } from "./support/jn.ts";

const FOLDER = `code-cache/${process.version}-${process.platform}-${process.arch}`;
const REPORTS = `
const vm = require("node:vm");
vm.Script = class extends vm.Script {
  constructor(code, options) {
    super(code, options);
    require("node:fs").writeSync(2, require("node:path").basename(options.filename) + " " + this.cachedDataRejected + "\\n");
  }
};`;

test(
  "parts of the program are loaded with their code, and without it where it does not fit",
  { timeout: 60_000 },
  (context) => {
    const folder = folderWith(context, { "a.csv": "a,b\n1,x\n", "reports.cjs": REPORTS });
    cpSync(dirname(JN_PATH), join(folder, "bin"), { recursive: true });
    const cache = join(folder, "bin", FOLDER);
    const cat = (): string => {
      const args = ["-r", "./reports.cjs", "bin/jn.cjs", "cat", "a.csv"];
      const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: "utf8" });
      assert.equal(status, 0, stderr);
      assert.equal(stdout, '{"a":1,"b":"x"}\n', stderr);
      return stderr;
    };
    assert.equal(cat(), "core.cjs false\ncsv.cjs false\n");
    // Of another text; cut; none of this version.
    for (const name of readdirSync(cache)) writeFileSync(join(cache, name), readFileSync(join(cache, "put.cjs.cache")));
    assert.equal(cat(), "core.cjs true\ncsv.cjs true\n");
    for (const name of readdirSync(cache)) writeFileSync(join(cache, name), "");
    assert.equal(cat(), "core.cjs true\ncsv.cjs true\n");
    renameSync(cache, `${cache}x`);
    assert.equal(cat(), "");
  },
);
