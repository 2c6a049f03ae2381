import { type Argument, buildArguments } from "../commands/arguments.ts";
import { Command } from "../commands/command.ts";
import { CuprumError, UnknownProgramError } from "../cuprum-error.ts";
import { findExecutable } from "../programs/executable.ts";
import type { Program } from "../programs/program.ts";

/** A program of a project: its name, or more. */
export interface ProgramDefinition {
  readonly name: string;
  /** Its executable file. Default: looked up on the `PATH`. */
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
  readonly projects: ReadonlyMap<string, Project>;
}

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
  const programs = new Map<string, Program>();
  const projects = new Map<string, Project>();
  for (const [name, project] of Object.entries(definition)) {
    const own = project.programs.map((entry) => programFrom(entry, name, searchPath));
    for (const program of own) {
      const owner = programs.get(program.name)?.project;
      if (owner !== undefined) {
        const where = owner === name ? `twice in project ${owner}` : `in the projects ${owner} and ${name}`;
        throw new CuprumError(
          "DUPLICATE_PROGRAM",
          `program ${JSON.stringify(program.name)} is ${where}; one of them owns it`,
        );
      }
      programs.set(program.name, program);
    }
    projects.set(name, Object.freeze({ name, programs: own, noise: project.noise ?? [], docs: project.docs ?? [] }));
  }
  return catalogueOf(programs, projects) as unknown as Catalogue<ProgramNames<Definition>>;
}

/**
 * One catalogue of several.
 *
 * @throws CuprumError `DUPLICATE_PROJECT`, `DUPLICATE_PROGRAM`
 */
export function mergeCatalogues<Name extends string>(...catalogues: readonly Catalogue<Name>[]): Catalogue<Name> {
  const programs = new Map<string, Program>();
  const projects = new Map<string, Project>();
  for (const catalogue of catalogues) {
    for (const [name, project] of catalogue.projects) {
      if (projects.has(name)) {
        throw new CuprumError("DUPLICATE_PROJECT", `project ${JSON.stringify(name)} is in two catalogues; rename one`);
      }
      projects.set(name, project);
      for (const program of project.programs) {
        const owner = programs.get(program.name)?.project;
        if (owner !== undefined) {
          const message = `program ${JSON.stringify(program.name)} is in the projects ${owner} and ${name}; one of them owns it`;
          throw new CuprumError("DUPLICATE_PROGRAM", message);
        }
        programs.set(program.name, program);
      }
    }
  }
  return catalogueOf(programs, projects) as unknown as Catalogue<Name>;
}

function catalogueOf(programs: ReadonlyMap<string, Program>, projects: ReadonlyMap<string, Project>): Catalogue {
  const program = (name: string): Program => {
    const found = programs.get(name);
    if (found === undefined) throw new UnknownProgramError(name, [...programs.keys()]);
    return found;
  };
  return Object.freeze({
    program,
    make(name: string): CommandBuilder {
      const found = program(name);
      return (...given) => {
        const { args, secrets } = buildArguments(given, found.endOfOptions);
        return new Command({ program: found, args, secrets, cwd: undefined, env: undefined });
      };
    },
    projectOf(name: string): Project {
      const project = projects.get(program(name).project);
      if (project === undefined) throw new UnknownProgramError(name, [...programs.keys()]);
      return project;
    },
    has: (name: string): name is string => programs.has(name),
    names: Object.freeze([...programs.keys()]),
    projects,
  });
}

function programFrom(entry: string | ProgramDefinition, project: string, searchPath: string): Program {
  const { name, path, endOfOptions = true } = typeof entry === "string" ? { name: entry } : entry;
  if (name === "" || name.includes("\0") || /\.(bat|cmd)$/i.test(name)) {
    throw new CuprumError(
      "INVALID_CATALOGUE",
      `project ${project}: ${JSON.stringify(name)} is no program that can be run`,
    );
  }
  let file: string | undefined;
  return Object.freeze({
    name,
    project,
    argv0: path ?? name,
    endOfOptions,
    file: () => (file ??= findExecutable(path ?? name, searchPath)),
  });
}
