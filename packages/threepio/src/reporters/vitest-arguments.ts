import { join } from "node:path";
import { pathToFileURL } from "node:url";

/** Commands of vitest that run no tests, or measure them. */
const OTHER_COMMANDS = new Set(["list", "init", "bench"]);
const WATCHING = /^(?:watch|dev|run|--run|-w|--watch|--ui|--standalone)$/;

/**
 * Adds our reporter. Naming a reporter replaces those of the configuration, so ours is told whether to bring them back. Bare
 * `vitest` would go on watching: it runs once.
 */
export function injectVitest(args: readonly string[], folder: string): readonly string[] {
  if (args.some((argument) => OTHER_COMMANDS.has(argument))) return args;
  const hasReporter = args.some((argument) => argument.startsWith("--reporter"));
  if (!hasReporter) process.env["THREEPIO_VITEST_REPORTERS"] = "config";
  const once = args.some((argument) => WATCHING.test(argument)) ? [] : ["--run"];
  return [...args, ...once, `--reporter=${reporterIn(folder)}`];
}

/**
 * Vitest below 3.2 puts a reporter through Vite, which loads nothing from outside of the project but packages: elsewhere (3pio
 * linked, or run from its sources) Node is given a module that stands for it.
 */
function reporterIn(folder: string): string {
  const path = join(folder, "vitest.mjs");
  if (path.includes("/node_modules/")) return path;
  return `data:text/javascript,${encodeURI(`export { default } from "${pathToFileURL(path).href}"`)}`;
}
