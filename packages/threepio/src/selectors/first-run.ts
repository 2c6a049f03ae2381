import { existsSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import type { RunStart } from "../journal/event.ts";
import type { WriterHome } from "../model/writer-home.ts";
import { expansions } from "../runners/expansion.ts";
import { RUNNERS } from "../runners/registry.ts";
import { programName } from "../runners/runner.ts";
import type { FirstRun, Selector } from "./selector.ts";

/**
 * What of the first run comes again: the way the runner was started, if the user started it, and those options that do not say
 * which tests to run.
 */
export function firstRunOf(selector: Selector, home: WriterHome, start: RunStart | undefined): FirstRun {
  const cwd = home.cwd === "" ? (start?.cwd ?? ".") : home.cwd;
  const fileOf = (root: string): string => (home.root === undefined ? root : relative(cwd, resolve(home.root, root)));
  if (start === undefined) return { launcher: undefined, options: [], fileOf };
  const runner = RUNNERS.find(({ name }) => name === selector.runner);
  const all = expansions(start.command, start.cwd);
  const index = all.findIndex((words) => runner?.matches(words) === true);
  const words = all[index];
  const at = words === undefined ? -1 : programEnd(selector.runner, words);
  if (words === undefined || at < 0) return { launcher: undefined, options: [], fileOf };
  // What a script of a package starts may lie in a folder that only its package manager has on the path.
  const isOnPath = index === 0 || !PACKAGES.has(selector.runner);
  return {
    launcher: isOnPath ? words.slice(0, at) : undefined,
    options: keptOptions(words.slice(at), selector, cwd),
    fileOf,
  };
}

/** Where the words that start the runner end. */
function programEnd(runner: string, words: readonly string[]): number {
  const names = PROGRAMS.get(runner) ?? [];
  const at = words.findIndex((word) => names.includes(programName(word)));
  if (at < 0) return -1;
  const task = TASKS.get(runner);
  return task === undefined ? at + 1 : words.findIndex((word, index) => index > at && task.test(word)) + 1;
}

const PROGRAMS: ReadonlyMap<string, readonly string[]> = new Map([
  ["pytest", ["pytest", "py.test", "pytest3", "pytest-3"]],
  ["node:test", ["node", "nodejs", "tsx"]],
  ["vitest", ["vitest"]],
  ["jest", ["jest", "jest-cli"]],
  ["mocha", ["mocha", "_mocha"]],
  ["playwright", ["playwright"]],
  ["go test", ["go"]],
  ["cargo test", ["cargo"]],
  ["cargo nextest", ["cargo", "cargo-nextest"]],
]);

/** `go test`, `cargo +nightly test`: the task belongs to the program. */
const TASKS: ReadonlyMap<string, RegExp> = new Map([
  ["go test", /^test$/],
  ["cargo test", /^t(?:est)?$/],
  ["cargo nextest", /^r(?:un)?$/],
]);

/** Runners that are packages of npm. */
const PACKAGES: ReadonlySet<string> = new Set(["vitest", "jest", "mocha", "playwright"]);

/** Nobody can tell a value from a file by its looks alone: an unknown option that may have one is left out with it. */
function keptOptions(words: readonly string[], { choosing, valued }: Selector, cwd: string): readonly string[] {
  const kept: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at]!;
    // What follows belongs to the tests, not to the runner.
    if (word === "--" || word === "-args") break;
    const name = word.startsWith("-") ? word.split("=", 1)[0]! : word;
    const next = words[at + 1];
    const follow = choosing.get(name);
    if (follow !== undefined) {
      if (!word.includes("=")) at += follow;
    } else if (!word.startsWith("-")) continue;
    else if (word.includes("=") || next === undefined || next.startsWith("-")) kept.push(word);
    else if (valued.has(word)) kept.push(word, words[++at]!);
    else if (existsSync(join(cwd, next.split("::", 1)[0]!))) kept.push(word);
    else at++;
  }
  return kept;
}
