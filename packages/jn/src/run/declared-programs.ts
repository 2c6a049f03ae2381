import { existsSync, readFileSync } from "node:fs";
import { dirname, isAbsolute, join } from "node:path";
import { ioError } from "@jn/wire";
import { type JnError, usageError } from "../jn-error.ts";
import { isTrusted, trust } from "../plugins/external/trust.ts";
import { dataFolder } from "../plugins/plugin-folders.ts";
import { didYouMean } from "../text/suggestion.ts";

/** A program that a pipeline may run: looked up on the path, or at its own. */
export interface DeclaredProgram {
  readonly name: string;
  readonly path?: string;
}

/**
 * The program of this name, if somebody has declared that pipelines may run it: in `programs.json` of the nearest `.jn` folder here or
 * above, which has to be trusted as it is, or of the user's data folder.
 *
 * @throws JnError `USAGE` that says how to declare it
 */
export function declaredProgram(name: string, commands: readonly string[]): DeclaredProgram {
  const { program, file, known } = search(name);
  if (program === undefined) {
    const suggestion = didYouMean(name, [...commands, ...known]);
    throw usageError(
      `'${name}' is no command of jn, and no program that pipelines may run${suggestion}; to declare it, add "${name}": {} to ${userFile()}`,
    );
  }
  if (!mayRun(file!))
    throw usageError(`the programs of this project (${file!.path}) are not trusted; read it, then: jn run --trust`);
  return program;
}

/** The program of this name that somebody has typed: where it is declared to be, else on the path. @throws JnError `USAGE` */
export function typedProgram(name: string): DeclaredProgram {
  const { program, file } = search(name);
  return program !== undefined && mayRun(file!) ? program : { name };
}

/** The first declaration of a program, and its file; the names that were seen on the way. */
function search(name: string): {
  readonly program?: DeclaredProgram | undefined;
  readonly file?: ProgramFile | undefined;
  readonly known: readonly string[];
} {
  const known: string[] = [];
  for (const file of programFiles()) {
    const programs = programsIn(file.path);
    const program = programs.get(name);
    known.push(...programs.keys());
    if (program !== undefined) return { program, file, known };
  }
  return { known };
}

function mayRun({ path, isOurs }: ProgramFile): boolean {
  return isOurs || isTrusted(path);
}

/** Trusts what the nearest project declares, as it is now, and returns its file. @throws JnError `USAGE` when there is none */
export function trustPrograms(): string {
  const file = programFiles().find(({ isOurs }) => !isOurs);
  if (file === undefined) throw usageError("there is no .jn/programs.json here or in a folder above");
  programsIn(file.path);
  trust(file.path);
  return file.path;
}

interface ProgramFile {
  readonly path: string;
  /** Whether it is the user's own, and not a project's. */
  readonly isOurs: boolean;
}

function programFiles(): readonly ProgramFile[] {
  const found = [];
  for (let at = process.cwd(); ; at = dirname(at)) {
    found.push({ path: join(at, ".jn/programs.json"), isOurs: false });
    if (dirname(at) === at) break;
  }
  found.push({ path: userFile(), isOurs: true });
  return found.filter(({ path }) => existsSync(path));
}

function userFile(): string {
  return join(dataFolder(), "programs.json");
}

/** @throws JnError `USAGE` that says what is wrong with the file */
function programsIn(file: string): ReadonlyMap<string, DeclaredProgram> {
  const wrong = (problem: string): JnError => usageError(`${file}: ${problem}`);
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw error instanceof SyntaxError ? wrong(`it is no JSON: ${error.message}`) : ioError("read", file, error);
  }
  if (!isObject(value)) throw wrong('it must be an object such as {"tac": {}}');
  const programs = new Map<string, DeclaredProgram>();
  for (const [name, program] of Object.entries(value)) {
    if (!isObject(program)) throw wrong(`'${name}' must be an object, {} or {"path": "/usr/bin/${name}"}`);
    const { path, ...rest } = program;
    const [surplus] = Object.keys(rest);
    if (surplus !== undefined) throw wrong(`'${name}' has a field '${surplus}'; there is only path`);
    if (path !== undefined && (typeof path !== "string" || !isAbsolute(path)))
      throw wrong(`the path of '${name}' must be absolute`);
    programs.set(name, path === undefined ? { name } : { name, path });
  }
  return programs;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
