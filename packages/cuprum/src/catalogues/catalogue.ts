import { resolve } from "node:path";
import { type Argument, buildArguments } from "../commands/arguments.ts";
import { Command } from "../commands/command.ts";
import { CuprumError, UnknownProgramError } from "../cuprum-error.ts";
import { findExecutable } from "../programs/executable.ts";
import type { Program } from "../programs/program.ts";

/** A program of a project: its name, or more. */
export interface ProgramDefinition {
  readonly name: string;
  /** Its executable file, from the current folder of the definition. Default: looked up on the `PATH`. */
  readonly path?: string | undefined;
  /** Whether `--` ends its options. Default true. */
  readonly endOfOptions?: boolean | undefined;
}

export interface ProjectDefinition {
  readonly programs: readonly (string | ProgramDefinition)[];
  /** Lines that a logger may leave out: for those who show output, cuprum applies none of them. */
  readonly noise?: readonly RegExp[] | undefined;
  /** Where its documentation is. */
  readonly docs?: readonly string[] | undefined;
}

/** Projects by name. */
export interface CatalogueDefinition {
  readonly [project: string]: ProjectDefinition;
}

export interface Project {
  readonly name: string;
  readonly programs: readonly Program[];
  readonly noise: readonly RegExp[];
  readonly docs: readonly string[];
}

/** The names in a definition. */
export type ProgramNames<Definition extends CatalogueDefinition> =
  Definition[keyof Definition]["programs"][number] extends infer Entry
    ? Entry extends string
      ? Entry
      : Entry extends { readonly name: infer Name extends string }
        ? Name
        : never
    : never;

/** Builds a command from arguments. */
export type CommandBuilder = (...given: readonly Argument[]) => Command;

/** The programs that may run, and who owns them. */
export interface Catalogue<Name extends string = string> {
  /**
   * A builder of commands for a program.
   *
   * @throws UnknownProgramError
   */
  readonly make: (name: Name) => CommandBuilder;
  /** @throws UnknownProgramError */
  readonly program: (name: Name) => Program;
  /** The project that owns a program. @throws UnknownProgramError */
  readonly projectOf: (name: Name) => Project;
  readonly has: (name: string) => name is Name;
  readonly names: readonly Name[];
  readonly projects: readonly Project[];
}

/** The names in several catalogues. */
export type CatalogueNames<Catalogues extends readonly { readonly names: readonly string[] }[]> =
  Catalogues[number]["names"][number];

/**
 * Defines what may run: `defineCatalogue({ ops: { programs: ["git", "cat"] } })`. Names are looked up on the `PATH` of this
 * moment, whenever the program is first used.
 *
 * @throws CuprumError `DUPLICATE_PROGRAM`, `INVALID_CATALOGUE`
 */
export function defineCatalogue<const Definition extends CatalogueDefinition>(
  definition: Definition,
): Catalogue<ProgramNames<Definition>> {
  const searchPath = process.env["PATH"] ?? "";
  const projects = Object.entries<ProjectDefinition>(definition).map(([name, project]) =>
    projectFrom(name, project, searchPath),
  );
  return catalogueOf(projects) as unknown as Catalogue<ProgramNames<Definition>>;
}

/**
 * One catalogue of several.
 *
 * @throws CuprumError `DUPLICATE_PROJECT`, `DUPLICATE_PROGRAM`
 */
export function mergeCatalogues<
  const Catalogues extends readonly { readonly names: readonly string[]; readonly projects: readonly Project[] }[],
>(...catalogues: Catalogues): Catalogue<CatalogueNames<Catalogues>> {
  return catalogueOf(catalogues.flatMap(({ projects }) => projects));
}

function catalogueOf(given: readonly Project[]): Catalogue {
  const projects = new Map<string, Project>();
  const programs = new Map<string, { readonly program: Program; readonly project: Project }>();
  for (const project of given) {
    if (projects.has(project.name)) {
      const message = `project ${JSON.stringify(project.name)} is in two catalogues; rename one`;
      throw new CuprumError("DUPLICATE_PROJECT", message);
    }
    projects.set(project.name, project);
    for (const program of project.programs) {
      const owner = programs.get(program.name)?.project;
      if (owner !== undefined) throw duplicate(program.name, owner.name, project.name);
      programs.set(program.name, { program, project });
    }
  }
  const find = (name: string): { readonly program: Program; readonly project: Project } => {
    const found = programs.get(name);
    if (found === undefined) throw new UnknownProgramError(name, [...programs.keys()]);
    return found;
  };
  return Object.freeze({
    make(name: string): CommandBuilder {
      const { program } = find(name);
      return (...given) => {
        const { args, secrets } = buildArguments(given, program.endOfOptions);
        return new Command({ program, args, secrets, cwd: undefined, env: undefined });
      };
    },
    program: (name: string) => find(name).program,
    projectOf: (name: string) => find(name).project,
    has: (name: string): name is string => programs.has(name),
    names: Object.freeze([...programs.keys()]),
    projects: Object.freeze([...given]),
  });
}

function duplicate(program: string, one: string, other: string): CuprumError {
  const where = one === other ? `twice in project ${one}` : `in the projects ${one} and ${other}`;
  return new CuprumError("DUPLICATE_PROGRAM", `program ${JSON.stringify(program)} is ${where}; one of them owns it`);
}

function projectFrom(name: string, definition: ProjectDefinition, searchPath: string): Project {
  const { programs, noise = [], docs = [] } = definition;
  if (typeof programs !== "object") {
    throw new CuprumError("INVALID_CATALOGUE", `project ${name} has no list of programs; give it as programs: [...]`);
  }
  return Object.freeze({
    name,
    programs: Object.freeze(programs.map((entry) => programFrom(entry, name, searchPath))),
    noise: Object.freeze([...noise]),
    docs: Object.freeze([...docs]),
  });
}

function programFrom(entry: string | ProgramDefinition, project: string, searchPath: string): Program {
  const { name, path, endOfOptions = true } = typeof entry === "string" ? { name: entry } : entry;
  const wanted = path ?? name;
  for (const text of [name, wanted]) {
    if (typeof text === "string" && text !== "" && !text.includes("\0") && !/\.(bat|cmd)$/i.test(text)) continue;
    throw new CuprumError(
      "INVALID_CATALOGUE",
      `project ${project}: ${JSON.stringify(text)} is no program that can be run`,
    );
  }
  // A path is one of this moment, too: a change of the current folder must not change what it means.
  const place = path !== undefined || name.includes("/") ? resolve(wanted) : name;
  let file: string | undefined;
  return Object.freeze({
    name,
    project,
    argv0: path ?? name,
    endOfOptions,
    file: () => (file ??= findExecutable(place, searchPath)),
  });
}
