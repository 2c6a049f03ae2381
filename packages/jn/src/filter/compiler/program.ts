import { type FilterHost, SILENT_HOST } from "../host.ts";
import type { Node } from "../language/ast.ts";
import { FilterSyntaxError } from "../language/syntax-error.ts";
import type { LoadedImport } from "../modules/module-loader.ts";
import type { FieldsWanted } from "../record-fields.ts";
import { internalKey } from "../value/object-key.ts";
import type { Value } from "../value/value.ts";
import { isOptional, isSingle } from "./cardinality.ts";
import type { CompileOptions } from "./compile-options.ts";
import { type Emitter, type Frame, NeedsWholeRecord, ROOT, type Site } from "./emitter.ts";
import { importedEnv } from "./imports.ts";
import { emitPaths } from "./paths.ts";
import { runtimeFor } from "./runtime.ts";
import { bind, type Env } from "./scope.ts";
import { ELEMENTS_PER_ROUND, MAX_STEPS, type Steps, stepsUpTo } from "./steps.ts";
import { emitEach } from "./streams.ts";
import { emitCondition, emitValue } from "./values.ts";

/** A program being emitted: the JavaScript of one filter, and what that refers to. */
export class Program implements Emitter {
  readonly fieldPaths: (readonly string[])[] = [];
  readonly #isWanted: boolean[] = [];
  #wantsMembers = false;
  /** Members of the record that were changed: the JavaScript variables of their values. */
  readonly edited: Map<string, string> = new Map();
  readonly #text: string;
  readonly #variables: ReadonlyMap<string, Value>;
  readonly #host: FilterHost;
  readonly #steps: Steps;
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
    this.#steps = stepsUpTo(options.maxSteps ?? MAX_STEPS, options.elementsPerRound ?? ELEMENTS_PER_ROUND);
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
    const visible = importedEnv(env, this.#imports, (value) => this.constant(value));
    const code = body({ env: visible, input, frame });
    const fields = this.fieldPaths.map((_, at) => `field${at} = fields[${at}]`);
    const slots = fields.length === 0 ? "" : `const ${fields.join(", ")};\n`;
    const all = `${declared(frame)}${code}`;
    // What calls nothing needs no bounds.
    const bounded = /\brt\./.test(code)
      ? `const outer = rt.begin();\ntry {\n${all}} finally { rt.end(outer); }\n`
      : all;
    return `(${params}) => {\n${slots}${bounded}}`;
  }

  build(code: string, name: string): unknown {
    // oxlint-disable-next-line typescript/no-implied-eval -- the one place where text becomes code: the emitter's own
    const make = new Function("rt", "constants", `"use strict";\nreturn ${code};//# sourceURL=${name}`) as (
      ...args: unknown[]
    ) => unknown;
    return make(runtimeFor(this.#host, this.#steps), this.#constants);
  }

  fail(node: Node, message: string): FilterSyntaxError {
    return new FilterSyntaxError(this.#text, node.at >= 0 ? node.at : this.#place, message);
  }
}

function declared(frame: Frame): string {
  return frame.variables.length === 0 ? "" : `let ${frame.variables.join(", ")};\n`;
}

/** How many expressions the JavaScript of a filter may consist of, once its functions are inlined. */
const MAX_EMITTED = 100_000;
