import { readFileSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { JnError } from "../../jn-error.ts";
import type { Definition, Import, Node, Program } from "../language/ast.ts";
import { parseModule } from "../language/parser.ts";
import { FilterSyntaxError } from "../language/syntax-error.ts";
import { constantValue } from "./constant-value.ts";
import { isObject, type ObjectValue, type Value } from "../value/value.ts";
import { parseJsonTexts } from "../value/json-texts.ts";
import { unplaced } from "../language/unplaced.ts";

export type LoadedImport =
  | { readonly kind: "data"; readonly name: string; readonly value: Value }
  | { readonly kind: "functions"; readonly alias: string | undefined; readonly module: LoadedModule };

export interface LoadedModule {
  readonly imports: readonly LoadedImport[];
  readonly definitions: readonly Definition[];
  /** What `modulemeta` gives. */
  readonly meta: Value;
}

/**
 * Finds and reads the modules of filters: `NAME.jq` or `NAME/NAME.jq`, data `NAME.json`, in the folders of the search list.
 *
 * A module is read once, whoever imports it.
 */
export class ModuleLoader {
  readonly #searchList: readonly string[];
  readonly #known = new Map<string, LoadedModule>();
  readonly #loading: string[] = [];

  /** @param searchList folders; `~/` is the home folder, `./` the folder of the file that imports */
  constructor(searchList: readonly string[]) {
    this.#searchList = searchList;
  }

  /**
   * The modules that a program imports.
   *
   * @param text the program's text, for messages
   * @param folder of the file that imports; undefined for the filter of the command line
   * @throws FilterSyntaxError for a module that does not exist, JnError for one that is wrong
   */
  load(program: Program, text: string, folder: string | undefined): readonly LoadedImport[] {
    return program.imports.map((wanted): LoadedImport => {
      const dataName = wanted.alias?.startsWith("$") === true ? wanted.alias.slice(1) : undefined;
      const path = this.#find(wanted, dataName === undefined ? ".jq" : ".json", folder);
      if (path === undefined) throw new FilterSyntaxError(text, wanted.at, this.#notFound(wanted));
      if (dataName === undefined) return { kind: "functions", alias: wanted.alias, module: this.#module(path) };
      return { kind: "data", name: dataName, value: parseJsonTexts(readFileSync(path, "utf8"), path) };
    });
  }

  /** What a module says about itself, its imports and its functions. */
  metaOf(name: string): Value {
    const wanted: Import = { at: 0, path: name, alias: undefined, meta: undefined };
    const path = this.#find(wanted, ".jq", undefined);
    if (path === undefined) throw new JnError("USAGE", this.#notFound(wanted));
    return this.#module(path).meta;
  }

  #module(path: string): LoadedModule {
    const known = this.#known.get(path);
    if (known !== undefined) return known;
    if (this.#loading.includes(path)) {
      throw new JnError("USAGE", `modules import each other in a circle: ${[...this.#loading, path].join(" -> ")}`);
    }
    this.#loading.push(path);
    const text = readFileSync(path, "utf8");
    try {
      const program = parseModule(text);
      const imports = this.load(program, text, dirname(path));
      const definitions = program.definitions.map((definition) => unplaced(definition));
      const module = { imports, definitions, meta: metaOf(program) };
      this.#known.set(path, module);
      return module;
    } catch (error) {
      if (error instanceof FilterSyntaxError) throw new JnError("USAGE", `${path}: ${error.message}`);
      throw error;
    } finally {
      this.#loading.pop();
    }
  }

  #find(wanted: Import, ending: string, folder: string | undefined): string | undefined {
    const parts = wanted.path.split("/");
    if (parts.some((part, at) => part === ".." || part.includes("\0") || (at > 0 && part === parts[at - 1])))
      return undefined;
    const own = searchOf(wanted.meta).map((place) => resolve(folder ?? ".", place));
    for (const place of [...own, ...this.#searchList]) {
      const from = /^\.(?:\/|$)/.test(place) ? resolve(folder ?? ".", place) : place.replace(/^~(?=\/|$)/, homedir());
      for (const path of [join(from, wanted.path + ending), join(from, wanted.path, basename(wanted.path) + ending)]) {
        if (isFile(path)) return path;
      }
    }
    return undefined;
  }

  #notFound(wanted: Import): string {
    const places = [...searchOf(wanted.meta), ...this.#searchList];
    const searched = places.length === 0 ? "; name a folder with -L" : `, searched for in ${places.join(", ")}`;
    return `there is no module '${wanted.path}'${searched}`;
  }
}

function searchOf(meta: Node | undefined): readonly string[] {
  const value = meta === undefined ? null : constantValue(meta);
  const search = isObject(value) ? (value["search"] ?? []) : [];
  return (Array.isArray(search) ? search : [search]).filter((place): place is string => typeof place === "string");
}

function metaOf({ meta, imports, definitions }: Program): Value {
  const own = meta === undefined ? {} : (constantValue(meta) as ObjectValue);
  const deps = imports.map(({ path, alias, meta: about }): Value => {
    const named = alias === undefined ? {} : { as: alias.replace(/^\$/, "") };
    const told = about === undefined ? {} : (constantValue(about) as ObjectValue);
    return { ...named, is_data: alias?.startsWith("$") === true, ...told, relpath: path };
  });
  return { ...own, deps, defs: definitions.map(({ name, params }) => `${name}/${params.length}`) };
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}
