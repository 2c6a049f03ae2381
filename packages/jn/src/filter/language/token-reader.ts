import { FilterSyntaxError } from "./syntax-error.ts";
import type { Token } from "./token.ts";

/** Reads tokens one by one; what parsers are made of. */
export class TokenReader {
  protected readonly text: string;
  readonly #tokens: Token[];
  #next = 0;

  constructor(text: string, tokens: readonly Token[]) {
    this.text = text;
    this.#tokens = [...tokens];
  }

  protected peek(ahead = 0): Token {
    return this.#tokens[Math.min(this.#next + ahead, this.#tokens.length - 1)]!;
  }

  protected advance(): Token {
    const token = this.peek();
    if (this.#next < this.#tokens.length - 1) this.#next++;
    return token;
  }

  /** Puts another token in the place of the next one. */
  protected replaceNext(token: Token): void {
    this.#tokens[this.#next] = token;
  }

  protected isOperator(text: string): boolean {
    return this.peek().kind === "operator" && this.peek().text === text;
  }

  protected isKeyword(text: string): boolean {
    return this.peek().kind === "keyword" && this.peek().text === text;
  }

  protected take(operator: string): boolean {
    if (!this.isOperator(operator)) return false;
    this.advance();
    return true;
  }

  protected takeKeyword(keyword: string): boolean {
    if (!this.isKeyword(keyword)) return false;
    this.advance();
    return true;
  }

  protected expect(operator: string, opened?: Token): void {
    if (this.take(operator)) return;
    if (opened !== undefined && this.peek().kind === "end") {
      throw new FilterSyntaxError(this.text, opened.start, `this '${opened.text}' is never closed with '${operator}'`);
    }
    throw this.expected(`'${operator}'`);
  }

  protected expectKeyword(keyword: string): void {
    if (!this.takeKeyword(keyword)) throw this.expected(`'${keyword}'`);
  }

  protected expected(what: string): FilterSyntaxError {
    const { kind, text } = this.peek();
    return this.fail(
      `expected ${what}, found ${kind === "end" ? "the end" : kind === "string" ? "a string" : `'${text}'`}`,
    );
  }

  protected fail(message: string): FilterSyntaxError {
    return new FilterSyntaxError(this.text, this.peek().start, message);
  }
}
