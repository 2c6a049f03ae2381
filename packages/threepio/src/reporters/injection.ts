import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { isMainThread } from "node:worker_threads";
import { injectJest } from "./jest-arguments.ts";
import { injectVitest } from "./vitest-arguments.ts";

/** Runners that get our reporter by their arguments. */
export type InjectedRunner = "vitest" | "jest" | "mocha";

/** Returns a runner's arguments with our reporter among them. */
type Inject = (args: readonly string[], folder: string) => readonly string[];

const RUNNERS: Readonly<Record<InjectedRunner, Inject>> = {
  vitest: injectVitest,
  jest: injectJest,
  mocha: (args, folder) => ["--require", join(folder, "mocha.cjs"), ...args],
};

/** Puts our reporter among the arguments of this process, which runs the runner's own program and has not begun to. */
export function injectReporter(runner: InjectedRunner): void {
  if (!isMainThread) return;
  const folder = dirname(__filename);
  const args = process.argv.slice(2);
  // A runner that starts itself again has our reporter among its arguments.
  const ours = [folder, encodeURI(pathToFileURL(folder).href)];
  if (args.some((argument) => ours.some((mark) => argument.includes(mark)))) return;
  process.argv.splice(2, args.length, ...RUNNERS[runner](args, folder));
}
