// Loaded before jn by scripts/bundle/code-cache.mjs: when it ends, the code of each part that it used is written into the folder CODE_CACHE,
// with what earlier runs had put there.
import { writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import vm from "node:vm";

const scripts = new Map();

vm.Script = class extends vm.Script {
  constructor(code, options) {
    super(code, options);
    scripts.set(basename(options.filename), this);
  }
};

process.on("exit", () => {
  for (const [name, script] of scripts)
    writeFileSync(join(process.env.CODE_CACHE, `${name}.cache`), script.createCachedData());
});
