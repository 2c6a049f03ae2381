// Loaded before the command by scripts/bundle/code-cache.mjs: when it ends, the code of each part that it used is written into the folder
// CODE_CACHE, with what earlier runs had put there.
import { writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import v8 from "node:v8";
import vm from "node:vm";

const scripts = new Map();

vm.Script = class extends vm.Script {
  constructor(code, options) {
    super(code, options);
    scripts.set(basename(options.filename), this);
  }
};

// Code is taken only by an engine with the same flags as that which made it, and it is loaded before the command changes any.
v8.setFlagsFromString = () => {};

process.on("exit", () => {
  for (const [name, script] of scripts)
    writeFileSync(join(process.env.CODE_CACHE, `${name}.cache`), script.createCachedData());
});
