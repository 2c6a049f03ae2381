import { readFileSync } from "node:fs";
import { ioError } from "@jn/wire";
import type { Flags } from "../cli/arguments.ts";
import { fromJson } from "../filter/builtins/types.ts";
import { FilterError } from "../filter/value/filter-error.ts";
import { setOwn } from "../filter/value/json-text.ts";
import { parseJsonTexts } from "../filter/value/json-texts.ts";
import { internalKey } from "../filter/value/object-key.ts";
import type { Value } from "../filter/value/value.ts";
import { usageError } from "../jn-error.ts";
import { ResultPrinter } from "./result-printer.ts";

/** What the command line of a filter says. */
export interface FilterArguments {
  readonly expression: string;
  /** The addresses to read. */
  readonly sources: readonly string[];
  readonly variables: ReadonlyMap<string, Value>;
  readonly printer: ResultPrinter;
  readonly results: "records" | "values";
}

/** @throws JnError `USAGE`, WireError `IO` */
export function filterArguments(flags: Flags, positionals: readonly string[]): FilterArguments {
  const { expression, rest } = expressionOf(flags, positionals);
  const areArguments = flags.has("args") || flags.has("jsonargs");
  const printsValues = ["values", "raw-output", "join-output", "raw-output0", "slurp", "seq", "indent", "tab"];
  return {
    expression,
    sources: areArguments ? [] : rest,
    variables: variablesOf(flags, areArguments ? rest : []),
    printer: printerOf(flags),
    results: printsValues.some((flag) => flags.has(flag)) ? "values" : "records",
  };
}

function expressionOf(
  flags: Flags,
  positionals: readonly string[],
): { readonly expression: string; readonly rest: readonly string[] } {
  const file = flags.text("from-file");
  if (file !== undefined) {
    const text = textOf(file, "read the expression from");
    return { expression: text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text, rest: positionals };
  }
  const [expression, ...rest] = positionals;
  if (expression === undefined) throw usageError("the expression is missing; usage: jn filter EXPRESSION [ADDRESS...]");
  return { expression, rest };
}

function printerOf(flags: Flags): ResultPrinter {
  const spaces = flags.count("indent", 0);
  if (spaces > MAX_INDENT) throw usageError(`--indent takes at most ${MAX_INDENT}`);
  const indent = flags.has("tab") ? "\t" : " ".repeat(spaces);
  const [sortsKeys, onlyAscii] = [flags.has("sort-keys"), flags.has("ascii-output")];
  const isPlain = indent === "" && !sortsKeys && !onlyAscii;
  return new ResultPrinter({
    raw: flags.has("raw-output") || flags.has("join-output") || flags.has("raw-output0"),
    start: flags.has("seq") ? "\u001e" : "",
    end: flags.has("join-output") ? "" : flags.has("raw-output0") ? "\0" : "\n",
    format: isPlain ? undefined : { indent, sortsKeys, onlyAscii },
  });
}

/** The variables, those without a name included: `$ARGS` has them all. */
function variablesOf(flags: Flags, positional: readonly string[]): ReadonlyMap<string, Value> {
  const variables = new Map<string, Value>();
  for (const [name, text] of flags.all("arg")) variables.set(name!, text!);
  for (const [name, json] of flags.all("argjson")) variables.set(name!, jsonArgument(`--argjson ${name}`, json!));
  for (const [name, file] of flags.all("slurpfile")) variables.set(name!, parseJsonTexts(textOf(file!), file!));
  for (const [name, file] of flags.all("rawfile")) variables.set(name!, textOf(file!));
  const named: Record<string, Value> = {};
  for (const [name, value] of variables) setOwn(named, internalKey(name), value);
  const isJson = flags.has("jsonargs");
  variables.set("ARGS", {
    positional: isJson ? positional.map((json) => jsonArgument("--jsonargs", json)) : positional,
    named,
  });
  return variables;
}

function jsonArgument(flag: string, json: string): Value {
  try {
    return fromJson(json);
  } catch (error) {
    if (!(error instanceof FilterError)) throw error;
    throw usageError(`${flag}: '${json}' is not JSON; use ${flag === "--jsonargs" ? "--args" : "--arg"} for text`);
  }
}

/** @param what the file is, for the message: `read the expression from` */
function textOf(file: string, what = "read"): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw ioError(what, file, error);
  }
}

const BYTE_ORDER_MARK = "\ufeff";
const MAX_INDENT = 7;
