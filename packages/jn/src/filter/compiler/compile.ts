import { formatNames, isFormat } from "../builtins/formats.ts";
import { isLoaded, loadBuiltins } from "../builtins/native.ts";
import { didYouMean } from "../../text/suggestion.ts";
import type { Node, Program as ParsedProgram } from "../language/ast.ts";
import { parseProgram } from "../language/parser.ts";
import { FilterSyntaxError } from "../language/syntax-error.ts";
import { type FilterHost, SILENT_HOST } from "../host.ts";
import { someNode } from "../language/walk.ts";
import type { LoadedImport, ModuleLoader } from "../modules/module-loader.ts";
import { internalKey } from "../value/object-key.ts";
import type { FieldsWanted } from "../record-fields.ts";
import type { RecordWriter } from "../record-writer.ts";
import type { Value } from "../value/value.ts";
import { isOptional, isSingle } from "./cardinality.ts";
import { type Emitter, type Frame, NeedsWholeRecord, ROOT, type Site } from "./emitter.ts";
import { importedEnv } from "./imports.ts";
import { placeIn } from "./error-place.ts";
import { type SelectionProgram, selectionProgram } from "./record-program.ts";
import { emitRecordResults } from "./record-results.ts";
import { emitPaths } from "./paths.ts";
import { runtimeFor } from "./runtime.ts";
import { MAX_STEPS } from "./steps.ts";
import { bind, type Env } from "./scope.ts";
import { emitEach } from "./streams.ts";
import { emitCondition, emitValue } from "./values.ts";

/** Called with each result. */
export type OnResult = (value: Value) => void;

export interface CompiledFilter {
  /** Runs the filter on a value; errors are `FilterError`s. */
  readonly run: (input: Value, result: OnResult) => void;
  /** Whether it has `input` or `inputs` in it. */
  readonly takesInputs: boolean;
  /** The place in the filter's text, such as `column 7`, where an error that a run threw comes from, if that is known. */
  readonly placeOf: (error: unknown) => string | undefined;
  /** The same from fields alone, where the filter needs nothing else of a record. */
  readonly byFields: FieldProgram | undefined;
}

/** A filter that looks at a record only through constant paths such as `.a.b`. */
export interface FieldProgram {
  readonly wants: FieldsWanted;
  /** `keep` is called where the result would be the record itself, `writer` where it is made of parts of it. */
  readonly run: (fields: readonly Value[], result: OnResult, keep: () => void, writer: RecordWriter) => void;
  /** The same for the native kernels, where they can do it. */
  readonly selection: SelectionProgram | undefined;
}

export interface CompileOptions {
  /** Values of `$name` variables. */
  readonly variables?: ReadonlyMap<string, Value> | undefined;
  /** What `input`, `debug` and their like speak to. Default: one without records. */
  readonly host?: FilterHost | undefined;
  /** Compiled instead of what the text says, of which it was made. */
  readonly body?: Node | undefined;
  /** How many rounds the loops of a run may have that have no end of their own. Default: `MAX_STEPS`. */
  readonly maxSteps?: number | undefined;
  /** Where `import` and `include` find modules. Default: there are none. */
  readonly modules?: ModuleLoader | undefined;
}

/** Compiles a filter, and loads before what it uses of the builtins that are loaded only where they are used. */
export async function loadFilter(text: string, options: CompileOptions = {}): Promise<CompiledFilter> {
  try {
    return compileFilter(text, options);
  } catch (error) {
    if (!(error instanceof NeedsBuiltins)) throw error;
    await loadBuiltins(error.names);
    return compileFilter(text, options);
  }
}

/** Thrown where a filter uses builtins that are not loaded. */
class NeedsBuiltins extends Error {
  override readonly name = "NeedsBuiltins";
  readonly names: ReadonlySet<string>;

  constructor(names: ReadonlySet<string>) {
    super(`${[...names].join(", ")} must be loaded first`);
    this.names = names;
  }
}

/**
 * Compiles a filter to JavaScript. What it uses must be loaded, as `loadFilter` does it.
 *
 * Results are pushed to a callback, so that an expression with one result is a plain JavaScript expression and one with
 * many is a loop around what follows it. User text reaches the code only as string and number literals that
 * `JSON.stringify` made, and as entries of a table of constants.
 *
 * @throws FilterSyntaxError
 */
export function compileFilter(text: string, options: CompileOptions = {}): CompiledFilter {
  try {
    return compileText(text, options);
  } catch (error) {
    // Long chains of operators nest as deeply as they are long: neither we nor the engine can go down that far.
    if (error instanceof RangeError) throw new FilterSyntaxError(text, 0, "this nests too deeply, or is too long");
    throw error;
  }
}

function compileText(text: string, options: CompileOptions): CompiledFilter {
  const program = parseProgram(text);
  const ast = options.body ?? program.body;
  checkFormats(ast, text);
  const imports = importsOf(program, text, options);
  const whole = new Program(text, options, imports);
  const code = whole.function("input, result", "input", (site) =>
    whole.each(ast, site, (value) => `result(${value});\n`),
  );
  const missing = new Set(
    [...code.matchAll(/\bnative\["([^"]+)"\]/g)].map(([, key]) => key!).filter((key) => !isLoaded(key)),
  );
  if (missing.size > 0) throw new NeedsBuiltins(missing);
  const run = whole.build(code, WHOLE) as CompiledFilter["run"];
  const fields = compileByFields(ast, text, options, imports);
  const placeOf = (error: unknown): string | undefined =>
    placeIn(
      text,
      new Map([
        [WHOLE, code],
        [BY_FIELDS, fields?.code ?? ""],
      ]),
      error,
    );
  const takesInputs = /\.nextInput\(|hosted\["input\/0"\]/.test(code);
  return { run, takesInputs, placeOf, byFields: fields?.program };
}

/** The modules that a filter imports, which are then in `imports`. */
function importsOf(program: ParsedProgram, text: string, options: CompileOptions): readonly LoadedImport[] {
  if (program.imports.length === 0) return [];
  if (options.modules === undefined)
    throw new FilterSyntaxError(text, program.imports[0]!.at, "there are no modules here");
  return options.modules.load(program, text, undefined);
}

function compileByFields(
  ast: Node,
  text: string,
  options: CompileOptions,
  imports: readonly LoadedImport[],
): { readonly program: FieldProgram; readonly code: string } | undefined {
  try {
    const program = new Program(text, options, imports);
    const code = program.function("fields, result, keep, writer", ROOT, (site) =>
      emitRecordResults(program, ast, site),
    );
    if (program.fieldPaths.length === 0) return undefined;
    const run = program.build(code, BY_FIELDS) as FieldProgram["run"];
    const selection = imports.length > 0 ? undefined : selectionProgram(ast, options.variables ?? new Map());
    return { program: { wants: program.wants, run, selection }, code };
  } catch (error) {
    if (error instanceof NeedsWholeRecord) return undefined;
    throw error;
  }
}

class Program implements Emitter {
  readonly fieldPaths: (readonly string[])[] = [];
  readonly #isWanted: boolean[] = [];
  #wantsMembers = false;
  /** Members of the record that were changed: the JavaScript variables of their values. */
  readonly edited: Map<string, string> = new Map();
  readonly #text: string;
  readonly #variables: ReadonlyMap<string, Value>;
  readonly #host: FilterHost;
  readonly #maxSteps: number;
  readonly #imports: readonly LoadedImport[];
  readonly #constants: Value[] = [];
  #names = 0;
  #emitted = 0;
  /** The place in the filter's text of what is being emitted. */
  #place = 0;

  constructor(text: string, options: CompileOptions, imports: readonly LoadedImport[]) {
    this.#text = text;
    this.#imports = imports;
    this.#variables = new Map([["ARGS", { positional: [], named: {} }], ...(options.variables ?? [])]);
    this.#host = options.host ?? SILENT_HOST;
    this.#maxSteps = options.maxSteps ?? MAX_STEPS;
  }

  each: Emitter["each"] = (node, site, then) => this.#at(node, () => emitEach(this, node, site, then));
  value: Emitter["value"] = (node, site) => this.#at(node, () => emitValue(this, node, site));
  condition: Emitter["condition"] = (node, site) => this.#at(node, () => emitCondition(this, node, site));
  paths: Emitter["paths"] = (node, path, site, then) => {
    if (site.input === ROOT) throw new NeedsWholeRecord();
    return this.#at(node, () => emitPaths(this, node, path, site, then));
  };
  isSingle: Emitter["isSingle"] = isSingle;
  isOptional: Emitter["isOptional"] = isOptional;

  /** Functions are inlined, so that a few definitions that call one another twice could make a program without end. */
  #at<T>(node: Node, emit: () => T): T {
    if (++this.#emitted > MAX_EMITTED)
      throw this.fail(node, "the filter becomes too large here: its functions call one another too often");
    const before = this.#place;
    // A library function has no place in the filter: what fails in it is shown where it is called.
    if (node.at >= 0) this.#place = node.at;
    const emitted = emit();
    this.#place = before;
    return emitted;
  }

  get rt(): string {
    return `/*${this.#place}*/rt`;
  }

  name(stem: string): string {
    return `${stem}${this.#names++}`;
  }

  constant(value: unknown): string {
    if (value === null || typeof value === "boolean" || typeof value === "string") return JSON.stringify(value);
    if (typeof value === "number" && Number.isFinite(value) && value >= 0) return String(value);
    return `constants[${this.#constants.push(value as Value) - 1}]`;
  }

  fieldSlot(path: readonly string[]): string {
    const [first = "", ...rest] = path;
    const changed = this.edited.get(first);
    if (changed !== undefined) {
      return rest.reduce((value, key) => `${this.rt}.field(${value}, ${JSON.stringify(internalKey(key))})`, changed);
    }
    const slot = this.slotOf(path);
    this.#isWanted[slot] = true;
    return `field${slot}`;
  }

  /** The slot of a path of which only the place is wanted. */
  slotOf(path: readonly string[]): number {
    // A lone surrogate has no bytes that could be looked for in a record.
    if (path.length === 0 || !path.every((key) => Buffer.from(key).toString() === key)) throw new NeedsWholeRecord();
    const known = this.fieldPaths.findIndex((other) => JSON.stringify(other) === JSON.stringify(path));
    if (known >= 0) return known;
    this.#isWanted.push(false);
    return this.fieldPaths.push(path) - 1;
  }

  /** From now on, all members of the record are wanted. */
  wantMembers(): void {
    this.#wantsMembers = true;
  }

  get wants(): FieldsWanted {
    return { paths: this.fieldPaths, wanted: this.#isWanted, wantsMembers: this.#wantsMembers };
  }

  lambda(params: string, site: Site, body: (site: Site) => string): string {
    const frame: Frame = { variables: [] };
    const code = body({ ...site, frame, tail: undefined });
    return `(${params}) => {\n${declared(frame)}${code}}`;
  }

  /** The outermost function, with the variables of the command line bound. */
  function(params: string, input: string, body: (site: Site) => string): string {
    const frame: Frame = { variables: [] };
    const env = [...this.#variables].reduce<Env | undefined>(
      (outer, [name, value]) => bind(outer, { kind: "variable", name, js: this.constant(value) }),
      undefined,
    );
    const all = importedEnv(env, this.#imports, (value) => this.constant(value));
    const code = body({ env: all, input, frame });
    const fields = this.fieldPaths.map((_, at) => `field${at} = fields[${at}]`);
    const slots = fields.length === 0 ? "" : `const ${fields.join(", ")};\n`;
    const begin = /rt\.(?:again|element|range)\(/.test(code) ? "rt.begin();\n" : "";
    return `(${params}) => {\n${slots}${begin}${declared(frame)}${code}}`;
  }

  build(code: string, name: string): unknown {
    // oxlint-disable-next-line typescript/no-implied-eval -- the one place where text becomes code: the emitter's own
    const make = new Function("rt", "constants", `"use strict";\nreturn ${code};//# sourceURL=${name}`) as (
      ...args: unknown[]
    ) => unknown;
    return make(runtimeFor(this.#host, this.#maxSteps), this.#constants);
  }

  fail(node: Node, message: string): FilterSyntaxError {
    return new FilterSyntaxError(this.#text, node.at >= 0 ? node.at : this.#place, message);
  }
}

function declared(frame: Frame): string {
  return frame.variables.length === 0 ? "" : `let ${frame.variables.join(", ")};\n`;
}

function checkFormats(ast: Node, text: string): void {
  someNode(ast, (node) => {
    const name = node.kind === "format" ? node.name : node.kind === "string" ? node.format : undefined;
    if (name !== undefined && !isFormat(name)) {
      throw new FilterSyntaxError(text, node.at, `there is no format @${name}${didYouMean(name, formatNames())}`);
    }
    return false;
  });
}

/** What stacks call the programs. */
const WHOLE = "jn-filter";
const BY_FIELDS = "jn-filter-by-fields";

/** How many expressions the JavaScript of a filter may consist of, once its functions are inlined. */
const MAX_EMITTED = 100_000;
