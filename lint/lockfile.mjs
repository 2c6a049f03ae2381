// package-lock.json must install anywhere: it names no registry, and it knows the packages for every platform.
//
// npm leaves a platform's package out, silently, when the registry at hand does not know it yet. Then `npm ci` fails
// everywhere, so that has to be seen before it is committed: pin a version whose packages are all there.
import { readFileSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";

/** What is wrong with a parsed package-lock.json, one sentence each. */
export function lockfileProblems({ packages }) {
  const paths = Object.keys(packages);
  const present = new Set(paths.map((path) => path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length)));
  return Object.entries(packages).flatMap(([path, { resolved, link, optionalDependencies = {} }]) => {
    const missing = Object.keys(optionalDependencies).filter((name) => !present.has(name));
    return [
      ...(resolved !== undefined && !link ? [`${path} names where it came from: ${resolved}`] : []),
      ...missing.map((name) => `${path} needs ${name} on some platform, and the lockfile lacks it`),
    ];
  });
}

function main() {
  const path = fileURLToPath(new URL("../package-lock.json", import.meta.url));
  for (const problem of lockfileProblems(JSON.parse(readFileSync(path, "utf8")))) {
    console.error(`package-lock.json: ${problem}`);
    process.exitCode = 1;
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) main();
