// Loaded into every Node process of a run (NODE_OPTIONS=--require). It recognises a test runner by its own program, and gives
// it our reporter beside the user's: so it does not matter which scripts and package managers stand before it. In any other
// process it does nothing.
import { realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { isMainThread } from "node:worker_threads";
import { claim } from "./claim.ts";
import { harmless } from "./harmless.ts";
import { injectJest } from "./jest-arguments.ts";
import { injectVitest } from "./vitest-arguments.ts";

/** Returns a runner's arguments with our reporter among them. */
type Inject = (args: readonly string[], folder: string) => readonly string[];

const RUNNERS: readonly (readonly [program: RegExp, inject: Inject])[] = [
  [/\/vitest\/vitest\.mjs$/, injectVitest],
  [/\/(?:jest|jest-cli)\/bin\/jest\.js$/, injectJest],
  [
    /\/mocha\/(?:bin\/_?mocha(?:\.js)?|lib\/cli\/cli\.js)$/,
    (args, folder) => ["--require", join(folder, "mocha.cjs"), ...args],
  ],
];

if (isMainThread && process.env["THREEPIO_EVENTS"] !== undefined) harmless("this process", inject);

function inject(): void {
  if (process.execArgv.includes("--test")) claim();
  const program = programPath();
  const change = program === undefined ? undefined : RUNNERS.find(([pattern]) => pattern.test(program))?.[1];
  const folder = dirname(__filename);
  const args = process.argv.slice(2);
  // A runner that starts itself again has our reporter among its arguments.
  const ours = [folder, encodeURI(pathToFileURL(folder).href)];
  if (change !== undefined && !args.some((argument) => ours.some((mark) => argument.includes(mark)))) {
    process.argv.splice(2, args.length, ...change(args, folder));
  }
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
