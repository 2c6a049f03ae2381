import type { Node, ObjectEntry, Pattern, PatternEntry } from "./ast.ts";
import { FilterSyntaxError } from "./syntax-error.ts";
import type { Token } from "./token.ts";
import { TokenReader } from "./token-reader.ts";

/** Parses objects, the patterns of `as`, and strings with what is interpolated into them. */
export abstract class ObjectParser extends TokenReader {
  /** A whole expression; without commas, for the value of an object's entry. */
  protected abstract pipe(withComma?: boolean): Node;
  /** The expression that tokens inside a string make. */
  protected abstract interpolated(tokens: readonly Token[]): Node;

  protected object(): Node {
    const open = this.advance();
    const entries: ObjectEntry[] = [];
    while (!this.isOperator("}")) {
      entries.push(this.entry());
      if (!this.take(",")) break;
    }
    this.expect("}", open);
    return { kind: "object", at: open.start, entries };
  }

  protected entry(): ObjectEntry {
    const token = this.peek();
    const at = token.start;
    if (token.kind === "variable") {
      this.advance();
      const value: Node = { kind: "variable", at, name: token.text };
      return { key: literal(at, token.text), value: token.text === "__loc__" ? this.location(at) : value };
    }
    const key = this.entryKey();
    if (this.take(":")) return { key, value: this.pipe(false) };
    if (this.peek(-1).text === ")") throw this.expected("':' and a value");
    return { key, value: { kind: "index", at, target: identity(at), index: key } };
  }

  protected entryKey(): Node {
    const token = this.peek();
    const at = token.start;
    if (token.kind === "name" || token.kind === "keyword") {
      this.advance();
      return literal(at, token.text);
    }
    if (token.kind === "string") return this.string(undefined);
    if (token.kind === "format") {
      this.advance();
      return this.string(token.text, at);
    }
    if (!this.take("(")) throw this.expected("a key: a name, a string, a variable or (an expression)");
    const key = this.pipe();
    this.expect(")", token);
    if (NO_KEYS.has(key.kind) || (key.kind === "literal" && typeof key.value !== "string")) {
      throw new FilterSyntaxError(this.text, key.at, "only a string can be the key of an object");
    }
    return key;
  }

  protected patterns(): readonly Pattern[] {
    const patterns = [this.pattern()];
    while (this.take("?//")) patterns.push(this.pattern());
    return patterns;
  }

  protected pattern(): Pattern {
    const token = this.peek();
    if (token.kind === "variable") {
      this.advance();
      return { kind: "variable", name: token.text };
    }
    if (this.take("[")) {
      const elements = [this.pattern()];
      while (this.take(",")) elements.push(this.pattern());
      this.expect("]", token);
      return { kind: "array", elements };
    }
    if (!this.take("{")) throw this.expected("a variable, [...] or {...} to bind");
    const entries = [this.patternEntry()];
    while (this.take(",")) entries.push(this.patternEntry());
    this.expect("}", token);
    return { kind: "object", entries };
  }

  protected patternEntry(): PatternEntry {
    const token = this.peek();
    if (token.kind === "variable") {
      this.advance();
      const value = this.take(":") ? this.pattern() : undefined;
      return { key: literal(token.start, token.text), variable: token.text, value };
    }
    const key = this.entryKey();
    this.expect(":");
    return { key, variable: undefined, value: this.pattern() };
  }

  protected string(format: string | undefined, at: number = this.peek().start): Node {
    const token = this.advance();
    if (token.kind !== "string") throw this.fail("a string must follow");
    const pieces = token.parts ?? [];
    // With a format it stays a string with parts: whether there is such a format is checked later.
    if (format === undefined && pieces.every((piece) => typeof piece === "string"))
      return literal(token.start, token.text);
    const parts = pieces.map((piece) => (typeof piece === "string" ? piece : this.interpolated(piece)));
    return { kind: "string", at, format, parts };
  }

  protected location(at: number): Node {
    const line = this.text.slice(0, at).split("\n").length;
    const entry = (key: string, value: Node): ObjectEntry => ({ key: literal(at, key), value });
    const number: Node = { kind: "number", at, text: String(line) };
    return { kind: "object", at, entries: [entry("file", literal(at, "<top-level>")), entry("line", number)] };
  }
}

export function identity(at: number): Node {
  return { kind: "identity", at };
}

function literal(at: number, value: string): Node {
  return { kind: "literal", at, value };
}

/** Constants that are no strings. */
const NO_KEYS: ReadonlySet<string> = new Set(["number", "array", "object"]);
