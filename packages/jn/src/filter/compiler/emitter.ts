import type { Node } from "../language/ast.ts";
import type { FilterSyntaxError } from "../language/syntax-error.ts";
import type { Env } from "./scope.ts";

/**
 * Where code is being emitted: what names mean, which JavaScript expression is the input (`.`), and the JavaScript
 * function that the code goes into.
 */
export interface Site {
  readonly env: Env | undefined;
  /** Evaluated any number of times, so always a variable or a constant. `ROOT` is the whole record in field mode. */
  readonly input: string;
  readonly frame: Frame;
  /** Given where nothing follows in a recursive function: neither what is emitted here nor what is done with a result. */
  readonly tail?: Tail | undefined;
}

/** A recursive function whose last call to itself becomes a jump to its beginning. */
export interface Tail {
  /** The function's JavaScript name. */
  readonly js: string;
  /** The variables that the next round begins with: the input, then the parameters. */
  readonly next: readonly string[];
  /** The parameters of this round. */
  readonly params: readonly string[];
}

/** A JavaScript function being emitted: the variables it must declare. */
export interface Frame {
  readonly variables: string[];
}

/** What to emit for each result: statements that use the given JavaScript expression once. */
export type Continue = (value: string) => string;
export type ContinuePath = (path: string, value: string) => string;

/**
 * The four forms that an expression is emitted in. The parts of the emitter reach one another through this, so that none
 * of them imports another.
 */
export interface Emitter {
  /** Statements that run `then` for every result. */
  each(node: Node, site: Site, then: Continue): string;
  /** A JavaScript expression; only for expressions with exactly one result (`isSingle`). */
  value(node: Node, site: Site): string;
  /** A JavaScript expression that is true when the value is neither false nor null; only where `isSingle`. */
  condition(node: Node, site: Site): string;
  /** Statements that run `then` for every path, beside the value there. `path` is the path of the input. */
  paths(node: Node, path: string, site: Site, then: ContinuePath): string;
  /** Whether the expression always has exactly one result, or fails. */
  isSingle(node: Node, env: Env | undefined): boolean;
  /** Whether it has one result, none, or fails. */
  isOptional(node: Node, env: Env | undefined): boolean;

  /** The runtime, marked with the place in the filter that is being emitted: what fails there is found by it. */
  readonly rt: string;
  /** A new JavaScript name. */
  name(stem: string): string;
  /** A JavaScript expression for a constant. */
  constant(value: unknown): string;
  /** A variable that holds the value of a field of the record, in field mode. */
  fieldSlot(path: readonly string[]): string;
  /** A JavaScript function with these parameters; `body` emits its statements. */
  lambda(params: string, site: Site, body: (site: Site) => string): string;
  fail(node: Node, message: string): FilterSyntaxError;
}

/** The input in field mode: there is no value for the whole record, only for its fields. */
export const ROOT = "ROOT";

/** Thrown when an expression needs the whole record: it cannot be emitted in field mode. */
export class NeedsWholeRecord extends Error {
  override readonly name = "NeedsWholeRecord";
}

/** The JavaScript expression of the input. */
export function inputOf(site: Site): string {
  if (site.input === ROOT) throw new NeedsWholeRecord();
  return site.input;
}

export function withoutTail(site: Site): Site {
  return site.tail === undefined ? site : { ...site, tail: undefined };
}

export function withInput(site: Site, input: string): Site {
  return { ...site, input };
}

export function withEnv(site: Site, env: Env | undefined): Site {
  return { ...site, env };
}

/** A JavaScript function of one result. */
export function resultLambda(emitter: Emitter, site: Site, then: Continue): string {
  const result = emitter.name("v");
  return emitter.lambda(result, site, () => then(result));
}

/** Runs `body` with the expression in a variable, so that it is evaluated once. */
export function once(emitter: Emitter, expression: string, body: (variable: string) => string): string {
  if (isName(expression)) return body(expression);
  const variable = emitter.name("v");
  return `const ${variable} = ${expression};\n${body(variable)}`;
}

/** A variable of the frame that is assigned inside an expression. */
export function temporary(emitter: Emitter, site: Site): string {
  const variable = emitter.name("t");
  site.frame.variables.push(variable);
  return variable;
}

export function isName(expression: string): boolean {
  return /^[A-Za-z_$][\w$]*$/.test(expression);
}
