// Loaded into every Node process of a run (NODE_OPTIONS=--require). It recognises a test runner by its own program, and gives
// it our reporter beside the user's: so it does not matter which scripts and package managers stand before it. In any other
// process it does nothing, and loads nothing either: a suite may start thousands of them.
import { realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { claim } from "./claim.ts";
import { harmless } from "./harmless.ts";
import type { injectReporter, InjectedRunner } from "./injection.ts";

const PROGRAMS: readonly (readonly [program: RegExp, runner: InjectedRunner])[] = [
  [/\/vitest\/vitest\.mjs$/, "vitest"],
  [/\/(?:jest|jest-cli)\/bin\/jest\.js$/, "jest"],
  [/\/mocha\/(?:bin\/_?mocha(?:\.js)?|lib\/cli\/cli\.js)$/, "mocha"],
];

if (process.env["THREEPIO_EVENTS"] !== undefined) harmless("this process", preload);

function preload(): void {
  if (process.execArgv.includes("--test")) claim();
  const program = programPath();
  const [, runner] = (program !== undefined && PROGRAMS.find(([pattern]) => pattern.test(program))) || [];
  if (runner === undefined) return;
  // oxlint-disable-next-line typescript/no-require-imports -- it is bundled as CommonJS, and has to be done before the runner begins
  const injection = require(join(dirname(__filename), "injection.cjs")) as { injectReporter: typeof injectReporter };
  injection.injectReporter(runner);
}

/** The program that this process runs, without links: node_modules/.bin holds links. */
function programPath(): string | undefined {
  const [, path] = process.argv;
  try {
    return path === undefined ? undefined : realpathSync(path);
  } catch {
    return path;
  }
}
