import type { Arithmetic, Assignment, Comparison, Definition, Import, Node, Program } from "./ast.ts";
import { identity } from "./object-parser.ts";
import { tokenize } from "./lexer.ts";
import { FilterSyntaxError } from "./syntax-error.ts";
import { TermParser } from "./term-parser.ts";
import type { Token } from "./token.ts";
import { someNode } from "./walk.ts";

/**
 * Parses a filter: jq's grammar and precedence.
 *
 * From loose to tight: `|` (right), `,`, `//` (right), assignments (none), `or`, `and`, comparisons (none), `+ -`,
 * `* / %`, unary `-`, postfix. `def`, `label` and `as` reach as far to the right as they can.
 *
 * @throws FilterSyntaxError with the place and what was expected
 */
export function parseFilter(text: string): Node {
  return parseProgram(text).body;
}

/** Parses a filter with the modules that it imports. */
export function parseProgram(text: string): Program {
  return new Parser(text, tokenize(text)).program(false);
}

/** Parses a module: definitions without a filter after them. */
export function parseModule(text: string): Program {
  return new Parser(text, tokenize(text)).program(true);
}

class Parser extends TermParser {
  #depth = 0;

  program(isModule: boolean): Program {
    const meta = this.peek().text === "module" && this.peek(1).text === "{" ? this.#moduleMeta() : undefined;
    const imports: Import[] = [];
    while (this.isKeyword("import") || this.isKeyword("include")) imports.push(this.#import());
    if (!isModule) return { meta, imports, definitions: [], body: this.whole() };
    const definitions: Definition[] = [];
    while (this.isKeyword("def")) definitions.push(this.definition());
    if (this.peek().kind !== "end") throw this.expected("'def' or the end of the module");
    return { meta, imports, definitions, body: identity(0) };
  }

  #moduleMeta(): Node {
    this.advance();
    const meta = this.#constantObject("the module's metadata");
    this.expect(";");
    return meta;
  }

  #import(): Import {
    const keyword = this.advance();
    const path = this.peek();
    if (path.kind !== "string" || (path.parts ?? []).some((part) => typeof part !== "string")) {
      throw this.expected("the module's path, a constant string");
    }
    this.advance();
    let alias: string | undefined;
    if (keyword.text === "import") {
      this.expectKeyword("as");
      const name = this.peek();
      if (name.kind !== "name" && name.kind !== "variable") throw this.expected("a name");
      this.advance();
      alias = name.kind === "variable" ? `$${name.text}` : name.text;
    }
    const meta = this.isOperator(";") ? undefined : this.#constantObject("an import's metadata");
    this.expect(";");
    return { at: path.start, path: path.text, alias, meta };
  }

  #constantObject(what: string): Node {
    if (!this.isOperator("{")) throw this.fail(`${what} must be an object`);
    const { start } = this.peek();
    const node = this.object();
    const isConstant = !someNode(node, ({ kind }) => !CONSTANTS.has(kind));
    if (!isConstant) throw new FilterSyntaxError(this.text, start, `${what} must be constant`);
    return node;
  }

  whole(): Node {
    const body = this.peek().kind === "end" ? identity(0) : this.pipe();
    if (this.peek().kind !== "end") throw this.expected("an operator or the end");
    return body;
  }

  protected pipe(withComma = true): Node {
    if (++this.#depth > MAX_NESTING) throw this.fail(`nested deeper than ${MAX_NESTING} levels`);
    const node = this.pipeUnchecked(withComma);
    this.#depth--;
    return node;
  }

  protected pipeUnchecked(withComma: boolean): Node {
    const { start } = this.peek();
    if (this.isKeyword("def")) {
      const definition = this.definition();
      return { kind: "define", at: start, definition, body: this.pipe(withComma) };
    }
    if (this.takeKeyword("label")) {
      const name = this.variableName();
      this.expect("|");
      return { kind: "label", at: start, name, body: this.pipe(withComma) };
    }
    const left = withComma ? this.comma() : this.binary(0);
    if (!this.take("|")) return left;
    return { kind: "pipe", at: start, left, right: this.pipe(withComma) };
  }

  protected comma(): Node {
    let left = this.binary(0);
    while (this.take(",")) left = { kind: "comma", at: left.at, left, right: this.binary(0) };
    return left;
  }

  protected binary(level: number): Node {
    const operators = LEVELS[level];
    if (operators === undefined) return this.unary();
    const left = this.binary(level + 1);
    return operators.associativity === "right"
      ? this.rightAssociative(level, left)
      : this.leftAssociative(level, left, operators.associativity === "none");
  }

  protected rightAssociative(level: number, left: Node): Node {
    if (!this.isOperatorOf(level)) return left;
    this.advance();
    return { kind: "alternative", at: left.at, left, right: this.binary(level) };
  }

  protected leftAssociative(level: number, first: Node, once: boolean): Node {
    let left = first;
    while (this.isOperatorOf(level)) {
      const operator = this.advance();
      left = binaryNode(operator.text, left, this.binary(level + 1));
      if (once && this.isOperatorOf(level)) {
        throw this.fail(`'${operator.text}' and '${this.peek().text}' need parentheses: neither binds tighter`);
      }
    }
    return left;
  }

  protected isOperatorOf(level: number): boolean {
    const { kind, text } = this.peek();
    return (kind === "operator" || kind === "keyword") && LEVELS[level]!.operators.has(text);
  }

  protected unary(): Node {
    const { start } = this.peek();
    if (this.take("-")) return { kind: "negate", at: start, body: this.unary() };
    const term = this.postfix();
    if (!this.takeKeyword("as")) return term;
    const patterns = this.patterns();
    this.expect("|");
    return { kind: "bind", at: start, source: term, patterns, body: this.pipe() };
  }

  protected interpolated(tokens: readonly Token[]): Node {
    return new Parser(this.text, tokens).whole();
  }
}

interface Level {
  readonly associativity: "left" | "right" | "none";
  readonly operators: ReadonlySet<string>;
}

/** Binary operators from loose to tight. */
const LEVELS: readonly Level[] = [
  { associativity: "right", operators: new Set(["//"]) },
  { associativity: "none", operators: new Set(["=", "|=", "+=", "-=", "*=", "/=", "%=", "//="]) },
  { associativity: "left", operators: new Set(["or"]) },
  { associativity: "left", operators: new Set(["and"]) },
  { associativity: "none", operators: new Set(["==", "!=", "<", "<=", ">", ">="]) },
  { associativity: "left", operators: new Set(["+", "-"]) },
  { associativity: "left", operators: new Set(["*", "/", "%"]) },
];

function binaryNode(operator: string, left: Node, right: Node): Node {
  const { at } = left;
  if (operator === "and" || operator === "or") return { kind: "logic", at, operator, left, right };
  if (LEVELS[1]!.operators.has(operator)) return { kind: "assign", at, operator: operator as Assignment, left, right };
  if (LEVELS[4]!.operators.has(operator)) return { kind: "compare", at, operator: operator as Comparison, left, right };
  return { kind: "arithmetic", at, operator: operator as Arithmetic, left, right };
}

/** What metadata consists of. */
const CONSTANTS: ReadonlySet<string> = new Set(["object", "array", "literal", "number", "comma", "negate"]);

/** Deepest nesting of a filter's text: more would overflow the stack of the parser or of the compiled program. */
const MAX_NESTING = 500;
