import type { RecordProgram } from "@cuprum/native";
import { MAX_PATH_KEYS } from "../../kernels/native-records.ts";
import { constantKey, constantPath } from "../language/constant-path.ts";
import type { Comparison, Node } from "../language/ast.ts";
import type { Value } from "../value/value.ts";

/** A filter that the native kernels can run on records in the usual form. */
export interface SelectionProgram {
  readonly program: RecordProgram;
  /** Whether a result may be true or false, which selects records, and would be printed as a value. */
  readonly isBoolean: boolean;
}

/**
 * The program of a filter that selects records by comparing fields with constants or with one another, and keeps them or makes others
 * of their fields; undefined for any other filter.
 *
 * @param variables values of `$name` variables
 */
export function selectionProgram(ast: Node, variables: ReadonlyMap<string, Value>): SelectionProgram | undefined {
  const writer = new ProgramWriter(variables);
  if (!writer.result(ast) || writer.paths.length === 0) return undefined;
  if (writer.paths.some((path) => path.length > MAX_PATH_KEYS)) return undefined;
  const { paths, condition, numbers, texts, pieces, ifTrue, isBoolean } = writer;
  const program = { paths, condition, numbers, texts, pieces };
  return { program: ifTrue === undefined ? program : { ...program, ifTrue }, isBoolean };
}

class ProgramWriter {
  readonly paths: (readonly string[])[] = [];
  readonly condition: number[] = [];
  readonly numbers: number[] = [];
  readonly texts: string[] = [];
  readonly pieces: (number | string)[] = [];
  ifTrue: number | undefined;
  isBoolean = false;
  readonly #variables: ReadonlyMap<string, Value>;

  constructor(variables: ReadonlyMap<string, Value>) {
    this.#variables = variables;
  }

  /** Writes what a record becomes; false when it cannot be said. */
  result(node: Node): boolean {
    if (node.kind === "identity") return true;
    const selected = selection(node);
    if (selected !== undefined) return this.#and(selected);
    if (node.kind === "pipe") {
      const first = selection(node.left);
      if (first !== undefined) return this.#and(first) && this.result(node.right);
    }
    if (node.kind === "object") return this.#object(node);
    this.isBoolean = true;
    const path = constantPath(node);
    if (path !== undefined) {
      this.ifTrue = this.#slot(path);
      return true;
    }
    return this.#and(node);
  }

  #and(node: Node): boolean {
    const isFirst = this.condition.length === 0;
    if (!this.#condition(node)) return false;
    if (!isFirst) this.condition.push(AND);
    return true;
  }

  #condition(node: Node): boolean {
    const path = constantPath(node);
    if (path !== undefined) {
      if (path.length === 0) return false;
      this.condition.push(TRUTHY, this.#slot(path));
      return true;
    }
    if (node.kind === "compare") {
      if (!this.#operand(node.left) || !this.#operand(node.right)) return false;
      this.condition.push(COMPARISONS.get(node.operator)!);
      return true;
    }
    if (node.kind === "logic") {
      if (!this.#condition(node.left) || !this.#condition(node.right)) return false;
      this.condition.push(node.operator === "and" ? AND : OR);
      return true;
    }
    if (node.kind === "pipe" && isNot(node.right)) {
      if (!this.#condition(node.left)) return false;
      this.condition.push(NOT);
      return true;
    }
    return false;
  }

  #operand(node: Node): boolean {
    const path = constantPath(node);
    if (path !== undefined) {
      if (path.length > 0) this.condition.push(SLOT, this.#slot(path));
      return path.length > 0;
    }
    const value = this.#constant(node);
    if (value === undefined) return false;
    if (value === null || typeof value === "boolean") this.condition.push(value === null ? NULL : value ? TRUE : FALSE);
    else if (typeof value === "number") this.condition.push(NUMBER, this.numbers.push(value) - 1);
    else this.condition.push(TEXT, this.texts.push(value) - 1);
    return true;
  }

  /** A constant that is what it is natively, too. */
  #constant(node: Node): null | boolean | number | string | undefined {
    if (node.kind === "literal") return usual(node.value);
    if (node.kind === "number") return PLAIN_NUMBER.test(node.text) ? Number(node.text) : undefined;
    if (node.kind === "negate" && node.body.kind === "number") {
      const value = this.#constant(node.body);
      return typeof value === "number" ? -value : undefined;
    }
    return node.kind === "variable" ? usual(this.#variables.get(node.name)) : undefined;
  }

  /** An object of constant keys, whose values are fields and constants. */
  #object(node: Node & { readonly kind: "object" }): boolean {
    const keys = node.entries.map((entry) => constantKey(entry.key));
    if (keys.length === 0 || keys.some((key) => key === undefined) || new Set(keys).size < keys.length) return false;
    let text = "{";
    for (const [index, { value }] of node.entries.entries()) {
      text += `${index === 0 ? "" : ","}${JSON.stringify(keys[index])}:`;
      const path = constantPath(value);
      if (path !== undefined && path.length > 0) {
        this.pieces.push(text, this.#slot(path));
        text = "";
      } else if (value.kind === "literal" && (typeof value.value !== "string" || PLAIN_TEXT.test(value.value)))
        text += JSON.stringify(value.value);
      else if (value.kind === "number" && PLAIN_INTEGER.test(value.text)) text += value.text;
      else return false;
    }
    this.pieces.push(`${text}}`);
    return true;
  }

  #slot(path: readonly string[]): number {
    const known = this.paths.findIndex((other) => JSON.stringify(other) === JSON.stringify(path));
    return known >= 0 ? known : this.paths.push(path) - 1;
  }
}

/** The condition of `select(condition)`. A filter that defines its own `select` never gets here: `define` is not understood. */
function selection(node: Node): Node | undefined {
  return node.kind === "call" && node.name === "select" && node.args.length === 1 ? node.args[0] : undefined;
}

function isNot(node: Node): boolean {
  return node.kind === "call" && node.name === "not" && node.args.length === 0;
}

function usual(value: Value | undefined): null | boolean | number | string | undefined {
  if (value === null || typeof value === "boolean") return value;
  if (typeof value === "number") return Number.isFinite(value) ? value : undefined;
  // Half of a surrogate pair has no bytes.
  return typeof value === "string" && !/\p{Surrogate}/u.test(value) ? value : undefined;
}

/** As in the program's description in the native package. */
const [SLOT, NULL, FALSE, TRUE, NUMBER, TEXT] = [0, 1, 2, 3, 4, 5];
const [AND, OR, NOT, TRUTHY] = [20, 21, 22, 23];
const COMPARISONS: ReadonlyMap<Comparison, number> = new Map([
  ["==", 10],
  ["!=", 11],
  ["<", 12],
  ["<=", 13],
  [">", 14],
  [">=", 15],
]);

/** Numbers that are exactly a double and nothing else: up to 15 digits. */
const PLAIN_NUMBER = /^(?=(?:\.?\d){1,15}$)\d+(?:\.\d+)?$/;
const PLAIN_INTEGER = /^(?:0|[1-9]\d{0,14})$/;
/** Text that is written as it is. */
const PLAIN_TEXT = /^[ !#-[\]-~]*$/;
