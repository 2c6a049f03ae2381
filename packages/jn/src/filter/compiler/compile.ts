import { formatNames, isFormat } from "../builtins/formats.ts";
import { isLoaded, loadBuiltins } from "../builtins/native.ts";
import { didYouMean } from "../../text/suggestion.ts";
import type { Node, Program as ParsedProgram } from "../language/ast.ts";
import { parseProgram } from "../language/parser.ts";
import { FilterSyntaxError } from "../language/syntax-error.ts";
import { someNode } from "../language/walk.ts";
import type { LoadedImport } from "../modules/module-loader.ts";
import type { FieldsWanted } from "../record-fields.ts";
import type { RecordWriter } from "../record-writer.ts";
import type { Value } from "../value/value.ts";
import type { CompileOptions } from "./compile-options.ts";
import { NeedsWholeRecord, ROOT } from "./emitter.ts";
import { placeIn } from "./error-place.ts";
import { Program } from "./program.ts";
import { type SelectionProgram, selectionProgram } from "./record-program.ts";
import { emitRecordResults } from "./record-results.ts";

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
