import type { Definition, Node, Pattern } from "./ast.ts";
import { identity, ObjectParser } from "./object-parser.ts";
import type { Token } from "./token.ts";

/** Parses terms: what operators stand between, with suffixes. */
export abstract class TermParser extends ObjectParser {
  /** A term with its suffixes: `.a`, `["a"]`, `[1:2]`, `[]`, `?`. */
  protected postfix(): Node {
    let node = this.term();
    for (;;) {
      const { kind, text, start } = this.peek();
      if (kind === "field") {
        this.advance();
        node = { kind: "field", at: start, target: node, name: text };
      } else if (this.isOperator(".") && this.peek(1).kind === "string") {
        this.advance();
        node = { kind: "index", at: start, target: node, index: this.string(undefined) };
      } else if (this.isOperator(".") && this.peek(1).text === "[" && this.peek(1).kind === "operator") {
        this.advance();
        node = this.brackets(node);
      } else if (this.isOperator("[")) node = this.brackets(node);
      else if (this.take("?")) node = optional(node);
      else if (this.isOperator("?//")) {
        // Outside patterns `a?//b` is `a? // b`.
        const { start, end } = this.peek();
        this.replaceNext({ kind: "operator", text: "//", start: start + 1, end });
        node = optional(node);
      } else return node;
    }
  }

  protected brackets(target: Node): Node {
    const at = this.peek().start;
    this.expect("[");
    if (this.take("]")) return { kind: "iterate", at, target };
    if (this.take(":")) {
      const to = this.pipe();
      this.expect("]");
      return { kind: "slice", at, target, from: undefined, to };
    }
    const index = this.pipe();
    if (!this.take(":")) {
      this.expect("]");
      return { kind: "index", at, target, index };
    }
    const to = this.isOperator("]") ? undefined : this.pipe();
    this.expect("]");
    return { kind: "slice", at, target, from: index, to };
  }

  protected term(): Node {
    const token = this.peek();
    const at = token.start;
    switch (token.kind) {
      case "field":
        this.advance();
        return { kind: "field", at, target: identity(at), name: token.text };
      case "number":
        this.advance();
        return { kind: "number", at, text: token.text };
      case "string":
        return this.string(undefined);
      case "format":
        this.advance();
        if (this.peek().kind === "string") return this.string(token.text, at);
        return { kind: "format", at, name: token.text };
      case "variable":
        this.advance();
        if (token.text === "__loc__") return this.location(at);
        return { kind: "variable", at, name: token.text };
      case "name":
        this.advance();
        if (token.text === "break" && this.peek().kind === "variable") {
          return { kind: "break", at, name: this.advance().text };
        }
        if (WORDS.has(token.text) && !this.isOperator("(")) {
          return { kind: "literal", at, value: WORDS.get(token.text) ?? null };
        }
        return { kind: "call", at, name: token.text, args: this.arguments() };
      case "keyword":
        return this.keywordTerm(token);
      case "operator":
        return this.operatorTerm(token);
      default:
        throw this.expected("an expression");
    }
  }

  protected operatorTerm(token: Token): Node {
    const at = token.start;
    switch (token.text) {
      case ".":
        this.advance();
        if (this.peek().kind === "string" && this.peek().start === token.end) {
          return { kind: "index", at, target: identity(at), index: this.string(undefined) };
        }
        return identity(at);
      case "..":
        this.advance();
        return { kind: "recurse", at };
      case "(": {
        this.advance();
        const body = this.pipe();
        this.expect(")", token);
        return body;
      }
      case "[": {
        this.advance();
        if (this.take("]")) return { kind: "array", at, body: undefined };
        const body = this.pipe();
        this.expect("]", token);
        return { kind: "array", at, body };
      }
      case "{":
        return this.object();
      default:
        throw this.expected("an expression");
    }
  }

  protected keywordTerm(token: Token): Node {
    const at = token.start;
    switch (token.text) {
      case "if":
        this.advance();
        return this.conditional(at);
      case "try": {
        this.advance();
        const body = this.tryOperand();
        const handler = this.takeKeyword("catch") ? this.tryOperand() : undefined;
        return { kind: "try", at, body, handler };
      }
      case "reduce": {
        this.advance();
        const { source, pattern } = this.loopSource();
        const [init, update] = this.arguments();
        if (init === undefined || update === undefined) throw this.expected("(init; update)");
        return { kind: "reduce", at, source, pattern, init, update };
      }
      case "foreach": {
        this.advance();
        const { source, pattern } = this.loopSource();
        const [init, update, extract] = this.arguments();
        if (init === undefined || update === undefined)
          throw this.expected("(init; update) or (init; update; extract)");
        return { kind: "foreach", at, source, pattern, init, update, extract };
      }
      case "def":
      case "label":
        return this.pipe();
      default:
        throw this.expected("an expression");
    }
  }

  protected tryOperand(): Node {
    const { start } = this.peek();
    return this.take("-") ? { kind: "negate", at: start, body: this.postfix() } : this.postfix();
  }

  /** After `if` or `elif`. */
  protected conditional(at: number): Node {
    const condition = this.pipe();
    this.expectKeyword("then");
    const consequent = this.pipe();
    const { start } = this.peek();
    if (this.takeKeyword("elif")) return { kind: "if", at, condition, consequent, alternate: this.conditional(start) };
    const alternate = this.takeKeyword("else") ? this.pipe() : undefined;
    this.expectKeyword("end");
    return { kind: "if", at, condition, consequent, alternate };
  }

  protected loopSource(): { readonly source: Node; readonly pattern: Pattern } {
    const source = this.postfix();
    this.expectKeyword("as");
    const [pattern, second] = this.patterns();
    if (pattern === undefined || second !== undefined) throw this.fail("?// is not possible here");
    return { source, pattern };
  }

  protected definition(): Definition {
    const at = this.peek().start;
    this.expectKeyword("def");
    const name = this.peek();
    if (name.kind !== "name") throw this.expected("a function name");
    this.advance();
    const params: string[] = [];
    if (this.take("(")) {
      do {
        const param = this.peek();
        if (param.kind !== "name" && param.kind !== "variable") throw this.expected("a parameter");
        this.advance();
        params.push(param.kind === "variable" ? `$${param.text}` : param.text);
      } while (this.take(";"));
      this.expect(")");
    }
    this.expect(":");
    const body = this.pipe();
    this.expect(";");
    return { at, name: name.text, params, body };
  }

  protected arguments(): readonly Node[] {
    const open = this.peek();
    if (!this.take("(")) return [];
    const args = [this.pipe()];
    while (this.take(";")) args.push(this.pipe());
    this.expect(")", open);
    return args;
  }

  protected variableName(): string {
    const token = this.peek();
    if (token.kind !== "variable") throw this.expected("a variable");
    this.advance();
    return token.text;
  }
}

const WORDS: ReadonlyMap<string, boolean | null> = new Map([
  ["true", true],
  ["false", false],
  ["null", null],
]);

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
