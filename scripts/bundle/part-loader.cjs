// What a command begins with, after its first lines (jn's are those of scripts/bundle/launcher.mjs): loads the parts of the program, with
// the code that V8 made of them when they were built where this is the same Node (scripts/bundle/code-cache.mjs). To compile is half of what the start costs above
// Node's own; Node 20 has no compile cache of its own.
//
// The cache stands beside the program and is trusted like it. It is never written here. Only what the same version of Node made for the
// same kind of processor is looked at; what V8 rejects all the same, for its flags perhaps, is compiled as ever.
"use strict";
/* oxlint-disable import/no-commonjs, typescript/no-require-imports -- Node starts its loader of ES modules only when it has to, and that takes 10 ms */
const { readFileSync } = require("node:fs");
const { Script } = require("node:vm");

// node:module, which exports it, too, would load what nobody here uses.
const Module = module.constructor;

const CACHE = `${__dirname}/code-cache/${process.version}-${process.platform}-${process.arch}/`;

/** As `require` does, into the same table of what is loaded. */
function requirePart(name) {
  const cachedData = name.startsWith("./") ? cached(name.slice(2)) : undefined;
  if (cachedData === undefined) return require(name);
  const filename = __dirname + name.slice(1);
  const known = require.cache[filename];
  if (known !== undefined) return known.exports;
  const module = new Module(filename, undefined);
  module.filename = filename;
  require.cache[filename] = module;
  const script = new Script(Module.wrap(readFileSync(filename, "utf8")), { filename, cachedData });
  script.runInThisContext().call(module.exports, module.exports, requirePart, module, filename, __dirname);
  module.loaded = true;
  return module.exports;
}

function cached(file) {
  try {
    return readFileSync(`${CACHE}${file}.cache`);
  } catch {
    return undefined;
  }
}

requirePart("./core.cjs");
