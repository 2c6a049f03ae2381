import { negated, posixClass, propertyClass, quotedCharacter, SHORTHANDS } from "./character-class.ts";
import { PatternError } from "./pattern.ts";
import { readEscapedPoint } from "./pattern-escape.ts";

/** Parses a bracketed class, whose opening bracket has been read, into a class of JavaScript's `v` flag. */
export class ClassParser {
  readonly #text: string;
  at: number;

  constructor(text: string, at: number) {
    this.#text = text;
    this.at = at;
  }

  parse(): string {
    const isNegated = this.#text[this.at] === "^";
    if (isNegated) this.at++;
    const parts: string[] = [];
    const first = this.at;
    for (;;) {
      if (this.at >= this.#text.length) {
        throw new PatternError(
          parts.length === 1 && this.#text[first] === "]" ? "empty char-class" : "premature end of char-class",
        );
      }
      // A bracket that comes first is a character.
      if (this.#text[this.at] === "]" && this.at > first) break;
      parts.push(this.#part());
    }
    this.at++;
    const source = `[${parts.join("")}]`;
    return isNegated ? negated(source) : source;
  }

  #part(): string {
    const low = this.#element();
    const isRange = this.#text[this.at] === "-" && this.at + 1 < this.#text.length && this.#text[this.at + 1] !== "]";
    if (!isRange || typeof low === "string") return typeof low === "string" ? low : quotedCharacter(low);
    this.at++;
    const high = this.#element();
    if (typeof high === "string") throw new PatternError("char-class value at end of range");
    if (high < low) throw new PatternError("empty range in char class");
    return `${quotedCharacter(low)}-${quotedCharacter(high)}`;
  }

  /** A class in brackets, or the code point of a character. */
  #element(): string | number {
    const posix = this.#matched(/\[:(\^?)(\w+):\]/y);
    if (posix !== undefined) return posixClass(posix[2]!, posix[1] === "^");
    const character = String.fromCodePoint(this.#text.codePointAt(this.at)!);
    this.at += character.length;
    if (character !== "\\") return character.codePointAt(0)!;
    const letter = this.#text[this.at] ?? "";
    const shorthand = letter === "N" || letter === "O" ? undefined : SHORTHANDS.get(letter);
    if (shorthand !== undefined) {
      this.at++;
      return shorthand;
    }
    const property = this.#matched(/[pP]\{([^}]*)\}/y);
    if (property !== undefined) return propertyClass(property[1]!, letter === "P");
    if (letter === "b") {
      this.at++;
      return 8;
    }
    const escaped = readEscapedPoint(this.#text, this.at);
    this.at = escaped.end;
    return escaped.point;
  }

  #matched(expression: RegExp): RegExpExecArray | undefined {
    expression.lastIndex = this.at;
    const match = expression.exec(this.#text);
    if (match === null) return undefined;
    this.at += match[0].length;
    return match;
  }
}
