import type {
  Arithmetic,
  Assignment,
  Comparison,
  Definition,
  Node,
  ObjectEntry,
  Pattern,
  PatternEntry,
} from "./ast.ts";
import { tokenize } from "./lexer.ts";
import { FilterSyntaxError } from "./syntax-error.ts";
import type { Token } from "./token.ts";

/**
 * Parses a filter: jq's grammar and precedence.
 *
 * From loose to tight: `|` (right), `,`, `//` (right), assignments (none), `or`, `and`, comparisons (none), `+ -`,
 * `* / %`, unary `-`, postfix. `def`, `label` and `as` reach as far to the right as they can.
 *
 * @throws FilterSyntaxError with the place and what was expected
 */
export function parseFilter(text: string): Node {
  const parser = new Parser(text, tokenize(text));
  return parser.whole();
}

class Parser {
  readonly #text: string;
  readonly #tokens: Token[];
  #next = 0;
  #depth = 0;

  constructor(text: string, tokens: readonly Token[]) {
    this.#text = text;
    this.#tokens = [...tokens];
  }

  whole(): Node {
    const body = this.#peek().kind === "end" ? identity(0) : this.#pipe();
    if (this.#peek().kind !== "end") throw this.#expected("an operator or the end");
    return body;
  }

  #pipe(withComma = true): Node {
    if (++this.#depth > MAX_NESTING) throw this.#fail(`nested deeper than ${MAX_NESTING} levels`);
    const node = this.#pipeUnchecked(withComma);
    this.#depth--;
    return node;
  }

  #pipeUnchecked(withComma: boolean): Node {
    const { start } = this.#peek();
    if (this.#isKeyword("def")) {
      const definition = this.#definition();
      return { kind: "define", at: start, definition, body: this.#pipe(withComma) };
    }
    if (this.#takeKeyword("label")) {
      const name = this.#variableName();
      this.#expect("|");
      return { kind: "label", at: start, name, body: this.#pipe(withComma) };
    }
    const left = withComma ? this.#comma() : this.#binary(0);
    if (!this.#take("|")) return left;
    return { kind: "pipe", at: start, left, right: this.#pipe(withComma) };
  }

  #comma(): Node {
    let left = this.#binary(0);
    while (this.#take(",")) left = { kind: "comma", at: left.at, left, right: this.#binary(0) };
    return left;
  }

  #binary(level: number): Node {
    const operators = LEVELS[level];
    if (operators === undefined) return this.#unary();
    const left = this.#binary(level + 1);
    return operators.associativity === "right"
      ? this.#rightAssociative(level, left)
      : this.#leftAssociative(level, left, operators.associativity === "none");
  }

  #rightAssociative(level: number, left: Node): Node {
    if (!this.#isOperatorOf(level)) return left;
    this.#advance();
    return { kind: "alternative", at: left.at, left, right: this.#binary(level) };
  }

  #leftAssociative(level: number, first: Node, once: boolean): Node {
    let left = first;
    while (this.#isOperatorOf(level)) {
      const operator = this.#advance();
      left = binaryNode(operator.text, left, this.#binary(level + 1));
      if (once && this.#isOperatorOf(level)) {
        throw this.#fail(`'${operator.text}' and '${this.#peek().text}' need parentheses: neither binds tighter`);
      }
    }
    return left;
  }

  #isOperatorOf(level: number): boolean {
    const { kind, text } = this.#peek();
    return (kind === "operator" || kind === "keyword") && LEVELS[level]!.operators.has(text);
  }

  #unary(): Node {
    const { start } = this.#peek();
    if (this.#take("-")) return { kind: "negate", at: start, body: this.#unary() };
    const term = this.#postfix();
    if (!this.#takeKeyword("as")) return term;
    const patterns = this.#patterns();
    this.#expect("|");
    return { kind: "bind", at: start, source: term, patterns, body: this.#pipe() };
  }

  /** A term with its suffixes: `.a`, `["a"]`, `[1:2]`, `[]`, `?`. */
  #postfix(): Node {
    let node = this.#term();
    for (;;) {
      const { kind, text, start } = this.#peek();
      if (kind === "field") {
        this.#advance();
        node = { kind: "field", at: start, target: node, name: text };
      } else if (this.#isOperator(".") && this.#peek(1).kind === "string") {
        this.#advance();
        node = { kind: "index", at: start, target: node, index: this.#string(undefined) };
      } else if (this.#isOperator(".") && this.#peek(1).text === "[" && this.#peek(1).kind === "operator") {
        this.#advance();
        node = this.#brackets(node);
      } else if (this.#isOperator("[")) node = this.#brackets(node);
      else if (this.#take("?")) node = optional(node);
      else if (this.#isOperator("?//")) {
        // Outside patterns `a?//b` is `a? // b`.
        const { start, end } = this.#peek();
        this.#tokens[this.#next] = { kind: "operator", text: "//", start: start + 1, end };
        node = optional(node);
      } else return node;
    }
  }

  #brackets(target: Node): Node {
    const at = this.#peek().start;
    this.#expect("[");
    if (this.#take("]")) return { kind: "iterate", at, target };
    if (this.#take(":")) {
      const to = this.#pipe();
      this.#expect("]");
      return { kind: "slice", at, target, from: undefined, to };
    }
    const index = this.#pipe();
    if (!this.#take(":")) {
      this.#expect("]");
      return { kind: "index", at, target, index };
    }
    const to = this.#isOperator("]") ? undefined : this.#pipe();
    this.#expect("]");
    return { kind: "slice", at, target, from: index, to };
  }

  #term(): Node {
    const token = this.#peek();
    const at = token.start;
    switch (token.kind) {
      case "field":
        this.#advance();
        return { kind: "field", at, target: identity(at), name: token.text };
      case "number":
        this.#advance();
        return { kind: "number", at, text: token.text };
      case "string":
        return this.#string(undefined);
      case "format":
        this.#advance();
        if (this.#peek().kind === "string") return this.#string(token.text, at);
        return { kind: "format", at, name: token.text };
      case "variable":
        this.#advance();
        if (token.text === "__loc__") return this.#location(at);
        return { kind: "variable", at, name: token.text };
      case "name":
        this.#advance();
        if (token.text === "break" && this.#peek().kind === "variable") {
          return { kind: "break", at, name: this.#advance().text };
        }
        if (WORDS.has(token.text) && !this.#isOperator("(")) {
          return { kind: "literal", at, value: WORDS.get(token.text) ?? null };
        }
        return { kind: "call", at, name: token.text, args: this.#arguments() };
      case "keyword":
        return this.#keywordTerm(token);
      case "operator":
        return this.#operatorTerm(token);
      default:
        throw this.#expected("an expression");
    }
  }

  #operatorTerm(token: Token): Node {
    const at = token.start;
    switch (token.text) {
      case ".":
        this.#advance();
        if (this.#peek().kind === "string" && this.#peek().start === token.end) {
          return { kind: "index", at, target: identity(at), index: this.#string(undefined) };
        }
        return identity(at);
      case "..":
        this.#advance();
        return { kind: "recurse", at };
      case "(": {
        this.#advance();
        const body = this.#pipe();
        this.#expect(")", token);
        return body;
      }
      case "[": {
        this.#advance();
        if (this.#take("]")) return { kind: "array", at, body: undefined };
        const body = this.#pipe();
        this.#expect("]", token);
        return { kind: "array", at, body };
      }
      case "{":
        return this.#object();
      default:
        throw this.#expected("an expression");
    }
  }

  #keywordTerm(token: Token): Node {
    const at = token.start;
    switch (token.text) {
      case "if":
        this.#advance();
        return this.#conditional(at);
      case "try": {
        this.#advance();
        const body = this.#tryOperand();
        const handler = this.#takeKeyword("catch") ? this.#tryOperand() : undefined;
        return { kind: "try", at, body, handler };
      }
      case "reduce": {
        this.#advance();
        const { source, pattern } = this.#loopSource();
        const [init, update] = this.#arguments();
        if (init === undefined || update === undefined) throw this.#expected("(init; update)");
        return { kind: "reduce", at, source, pattern, init, update };
      }
      case "foreach": {
        this.#advance();
        const { source, pattern } = this.#loopSource();
        const [init, update, extract] = this.#arguments();
        if (init === undefined || update === undefined)
          throw this.#expected("(init; update) or (init; update; extract)");
        return { kind: "foreach", at, source, pattern, init, update, extract };
      }
      case "def":
      case "label":
        return this.#pipe();
      default:
        throw this.#expected("an expression");
    }
  }

  #tryOperand(): Node {
    const { start } = this.#peek();
    return this.#take("-") ? { kind: "negate", at: start, body: this.#postfix() } : this.#postfix();
  }

  /** After `if` or `elif`. */
  #conditional(at: number): Node {
    const condition = this.#pipe();
    this.#expectKeyword("then");
    const consequent = this.#pipe();
    const { start } = this.#peek();
    if (this.#takeKeyword("elif"))
      return { kind: "if", at, condition, consequent, alternate: this.#conditional(start) };
    const alternate = this.#takeKeyword("else") ? this.#pipe() : undefined;
    this.#expectKeyword("end");
    return { kind: "if", at, condition, consequent, alternate };
  }

  #loopSource(): { readonly source: Node; readonly pattern: Pattern } {
    const source = this.#postfix();
    this.#expectKeyword("as");
    const [pattern, second] = this.#patterns();
    if (pattern === undefined || second !== undefined) throw this.#fail("?// is not possible here");
    return { source, pattern };
  }

  #definition(): Definition {
    const at = this.#peek().start;
    this.#expectKeyword("def");
    const name = this.#peek();
    if (name.kind !== "name") throw this.#expected("a function name");
    this.#advance();
    const params: string[] = [];
    if (this.#take("(")) {
      do {
        const param = this.#peek();
        if (param.kind !== "name" && param.kind !== "variable") throw this.#expected("a parameter");
        this.#advance();
        params.push(param.kind === "variable" ? `$${param.text}` : param.text);
      } while (this.#take(";"));
      this.#expect(")");
    }
    this.#expect(":");
    const body = this.#pipe();
    this.#expect(";");
    return { at, name: name.text, params, body };
  }

  #arguments(): readonly Node[] {
    const open = this.#peek();
    if (!this.#take("(")) return [];
    const args = [this.#pipe()];
    while (this.#take(";")) args.push(this.#pipe());
    this.#expect(")", open);
    return args;
  }

  #object(): Node {
    const open = this.#advance();
    const entries: ObjectEntry[] = [];
    while (!this.#isOperator("}")) {
      entries.push(this.#entry());
      if (!this.#take(",")) break;
    }
    this.#expect("}", open);
    return { kind: "object", at: open.start, entries };
  }

  #entry(): ObjectEntry {
    const token = this.#peek();
    const at = token.start;
    if (token.kind === "variable") {
      this.#advance();
      const value: Node = { kind: "variable", at, name: token.text };
      return { key: literal(at, token.text), value: token.text === "__loc__" ? this.#location(at) : value };
    }
    const key = this.#entryKey();
    if (this.#take(":")) return { key, value: this.#pipe(false) };
    if (this.#peek(-1).text === ")") throw this.#expected("':' and a value");
    return { key, value: { kind: "index", at, target: identity(at), index: key } };
  }

  #entryKey(): Node {
    const token = this.#peek();
    const at = token.start;
    if (token.kind === "name" || token.kind === "keyword") {
      this.#advance();
      return literal(at, token.text);
    }
    if (token.kind === "string") return this.#string(undefined);
    if (token.kind === "format") {
      this.#advance();
      return this.#string(token.text, at);
    }
    if (!this.#take("(")) throw this.#expected("a key: a name, a string, a variable or (an expression)");
    const key = this.#pipe();
    this.#expect(")", token);
    if (NO_KEYS.has(key.kind) || (key.kind === "literal" && typeof key.value !== "string")) {
      throw new FilterSyntaxError(this.#text, key.at, "only a string can be the key of an object");
    }
    return key;
  }

  #patterns(): readonly Pattern[] {
    const patterns = [this.#pattern()];
    while (this.#take("?//")) patterns.push(this.#pattern());
    return patterns;
  }

  #pattern(): Pattern {
    const token = this.#peek();
    if (token.kind === "variable") {
      this.#advance();
      return { kind: "variable", name: token.text };
    }
    if (this.#take("[")) {
      const elements = [this.#pattern()];
      while (this.#take(",")) elements.push(this.#pattern());
      this.#expect("]", token);
      return { kind: "array", elements };
    }
    if (!this.#take("{")) throw this.#expected("a variable, [...] or {...} to bind");
    const entries = [this.#patternEntry()];
    while (this.#take(",")) entries.push(this.#patternEntry());
    this.#expect("}", token);
    return { kind: "object", entries };
  }

  #patternEntry(): PatternEntry {
    const token = this.#peek();
    if (token.kind === "variable") {
      this.#advance();
      const value = this.#take(":") ? this.#pattern() : undefined;
      return { key: literal(token.start, token.text), variable: token.text, value };
    }
    const key = this.#entryKey();
    this.#expect(":");
    return { key, variable: undefined, value: this.#pattern() };
  }

  #string(format: string | undefined, at = this.#peek().start): Node {
    const token = this.#advance();
    if (token.kind !== "string") throw this.#fail("a string must follow");
    const pieces = token.parts ?? [];
    // With a format it stays a string with parts: whether there is such a format is checked later.
    if (format === undefined && pieces.every((piece) => typeof piece === "string"))
      return literal(token.start, token.text);
    const parts = pieces.map((piece) => (typeof piece === "string" ? piece : new Parser(this.#text, piece).whole()));
    return { kind: "string", at, format, parts };
  }

  #location(at: number): Node {
    const line = this.#text.slice(0, at).split("\n").length;
    const entry = (key: string, value: Node): ObjectEntry => ({ key: literal(at, key), value });
    const number: Node = { kind: "number", at, text: String(line) };
    return { kind: "object", at, entries: [entry("file", literal(at, "<top-level>")), entry("line", number)] };
  }

  #variableName(): string {
    const token = this.#peek();
    if (token.kind !== "variable") throw this.#expected("a variable");
    this.#advance();
    return token.text;
  }

  #peek(ahead = 0): Token {
    return this.#tokens[Math.min(this.#next + ahead, this.#tokens.length - 1)]!;
  }

  #advance(): Token {
    const token = this.#peek();
    if (this.#next < this.#tokens.length - 1) this.#next++;
    return token;
  }

  #isOperator(text: string): boolean {
    return this.#peek().kind === "operator" && this.#peek().text === text;
  }

  #isKeyword(text: string): boolean {
    return this.#peek().kind === "keyword" && this.#peek().text === text;
  }

  #take(operator: string): boolean {
    if (!this.#isOperator(operator)) return false;
    this.#advance();
    return true;
  }

  #takeKeyword(keyword: string): boolean {
    if (!this.#isKeyword(keyword)) return false;
    this.#advance();
    return true;
  }

  #expect(operator: string, opened?: Token): void {
    if (this.#take(operator)) return;
    if (opened !== undefined && this.#peek().kind === "end") {
      throw new FilterSyntaxError(this.#text, opened.start, `this '${opened.text}' is never closed with '${operator}'`);
    }
    throw this.#expected(`'${operator}'`);
  }

  #expectKeyword(keyword: string): void {
    if (!this.#takeKeyword(keyword)) throw this.#expected(`'${keyword}'`);
  }

  #expected(what: string): FilterSyntaxError {
    const { kind, text } = this.#peek();
    return this.#fail(
      `expected ${what}, found ${kind === "end" ? "the end" : kind === "string" ? "a string" : `'${text}'`}`,
    );
  }

  #fail(message: string): FilterSyntaxError {
    return new FilterSyntaxError(this.#text, this.#peek().start, message);
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

const WORDS: ReadonlyMap<string, boolean | null> = new Map([
  ["true", true],
  ["false", false],
  ["null", null],
]);

function binaryNode(operator: string, left: Node, right: Node): Node {
  const { at } = left;
  if (operator === "and" || operator === "or") return { kind: "logic", at, operator, left, right };
  if (LEVELS[1]!.operators.has(operator)) return { kind: "assign", at, operator: operator as Assignment, left, right };
  if (LEVELS[4]!.operators.has(operator)) return { kind: "compare", at, operator: operator as Comparison, left, right };
  return { kind: "arithmetic", at, operator: operator as Arithmetic, left, right };
}

/**
 * `term?`. After a suffix it covers only that: `.a.b?` still fails when `.a` does. (An index that is calculated from the
 * input stays where it is, and then all of the term is covered.)
 */
function optional(node: Node): Node {
  const attempt = (body: Node): Node => ({ kind: "try", at: node.at, body, handler: undefined });
  const { at } = node;
  const isSuffix = node.kind === "field" || node.kind === "iterate" || node.kind === "index" || node.kind === "slice";
  if (!isSuffix || node.target.kind === "identity") return attempt(node);
  const keys = node.kind === "index" ? [node.index] : node.kind === "slice" ? [node.from, node.to] : [];
  if (!keys.every((key) => key === undefined || isConstant(key))) return attempt(node);
  return { kind: "pipe", at, left: node.target, right: attempt({ ...node, target: identity(at) }) };
}

function isConstant(node: Node): boolean {
  if (node.kind === "negate") return isConstant(node.body);
  return node.kind === "literal" || node.kind === "number" || node.kind === "variable";
}

function identity(at: number): Node {
  return { kind: "identity", at };
}

function literal(at: number, value: string): Node {
  return { kind: "literal", at, value };
}

/** Constants that are no strings. */
const NO_KEYS: ReadonlySet<string> = new Set(["number", "array", "object"]);

/** Deepest nesting of a filter's text: more would overflow the stack of the parser or of the compiled program. */
const MAX_NESTING = 500;
