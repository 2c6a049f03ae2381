import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { programName } from "./runner.ts";
import { shellCommands } from "./shell-words.ts";

/**
 * What a command comes down to: itself, and, where it runs a script of a package, a make target, a task of turbo or nx, or
 * `sh -c`, the commands in there. The command itself comes first.
 *
 * @param cwd where package.json and Makefile are looked for
 */
export function expansions(command: readonly string[], cwd: string): readonly (readonly string[])[] {
  const found: (readonly string[])[] = [];
  const expand = (words: readonly string[], depth: number): void => {
    found.push(words);
    if (depth === MAX_DEPTH) return;
    for (const line of linesBehind(words, cwd)) for (const inner of shellCommands(line)) expand(inner, depth + 1);
  };
  expand(command, 0);
  return found;
}

/** A script that calls a script that calls a script: deeper than this nobody looks. */
const MAX_DEPTH = 4;

function linesBehind(words: readonly string[], cwd: string): readonly string[] {
  const [program = "", ...args] = words;
  switch (programName(program)) {
    case "npm":
    case "pnpm":
    case "yarn":
    case "bun":
      return scriptLines(programName(program), args, cwd);
    case "turbo":
    case "nx":
      return taskLines(args, cwd);
    case "npx":
    case "bunx":
    case "env":
    case "cross-env":
    case "dotenv":
      return innerLine(args);
    case "make":
    case "gmake":
      return makeLines(args, cwd);
    case "sh":
    case "bash":
    case "dash":
    case "zsh": {
      const at = args.findIndex((word) => /^-\w*c$/.test(word));
      return at < 0 ? [] : args.slice(at + 1, at + 2);
    }
    default:
      return [];
  }
}

/** `npx turbo run test`: a command behind a launcher may have a script behind it, too. */
function innerLine(args: readonly string[]): readonly string[] {
  const start = args.findIndex((word) => !word.startsWith("-") && !/^\w+=/.test(word));
  return start < 0
    ? []
    : [
        args
          .slice(start)
          .map((word) => JSON.stringify(word))
          .join(" "),
      ];
}

function scriptLines(manager: string, args: readonly string[], cwd: string): readonly string[] {
  const words = args.filter((word) => !word.startsWith("-"));
  const [first = "", second] = words;
  // Only `npm run`, and npm's own names for it, run a script of any name; the others also run it by its name alone.
  const isRun = /^(?:run|run-script|rum|urn)$/.test(first);
  const isTest = /^(?:test|t|tst)$/.test(first);
  const name = isRun ? second : isTest ? "test" : manager === "npm" ? undefined : first;
  if (name === undefined) return [];
  const script = scriptsOf(cwd).get(name);
  // What comes after the script's name becomes arguments of its last command.
  const more = args.slice(args.indexOf(isRun ? name : first) + 1).filter((word) => word !== "--");
  return script === undefined ? [] : [[script, ...more.map((word) => JSON.stringify(word))].join(" ")];
}

/** A task of turbo or nx is a script of the same name in each package of the workspace. */
function taskLines(args: readonly string[], cwd: string): readonly string[] {
  const words = args.filter((word) => !word.startsWith("-"));
  const name = words[0] === "run" || words[0] === "run-many" ? words[1] : words[0];
  if (name === undefined) return [];
  const task = name.includes(":") ? name.slice(name.lastIndexOf(":") + 1) : name;
  const folders = ["packages", "apps", "libs"].flatMap((folder) => foldersIn(join(cwd, folder)));
  const scripts = [cwd, ...folders].map((folder) => scriptsOf(folder).get(task));
  // A root script that calls turbo again would go round in circles.
  return [...new Set(scripts.filter((script) => script !== undefined && !/\b(?:turbo|nx)\b/.test(script)))] as string[];
}

function makeLines(args: readonly string[], cwd: string): readonly string[] {
  const target = args.find((word) => !word.startsWith("-") && !word.includes("=")) ?? "test";
  const path = ["GNUmakefile", "makefile", "Makefile"].map((name) => join(cwd, name)).find((name) => existsSync(name));
  if (path === undefined) return [];
  const lines = readFileSync(path, "utf8").replaceAll("\\\n", " ").split("\n");
  const start = lines.findIndex((line) => /^[^\s#:=]/.test(line) && line.split(":")[0]!.split(/\s+/).includes(target));
  if (start < 0) return [];
  const recipe = lines.slice(start + 1);
  const end = recipe.findIndex((line) => !line.startsWith("\t") && line.trim() !== "");
  return recipe.slice(0, end < 0 ? undefined : end).map((line) => line.replace(/^\t[@+-]*/, ""));
}

function scriptsOf(folder: string): ReadonlyMap<string, string> {
  const path = join(folder, "package.json");
  if (!existsSync(path)) return new Map();
  try {
    const { scripts } = JSON.parse(readFileSync(path, "utf8")) as {
      readonly scripts?: Readonly<Record<string, unknown>>;
    };
    const entries = Object.entries(scripts ?? {});
    return new Map(entries.filter((entry): entry is [string, string] => typeof entry[1] === "string"));
  } catch {
    // The package manager will say what is wrong with it.
    return new Map();
  }
}

function foldersIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(folder, name))
    .toSorted();
}
