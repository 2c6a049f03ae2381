import { join } from "node:path";

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
  return [...args, ...once, `--reporter=${join(folder, "vitest.mjs")}`];
}
