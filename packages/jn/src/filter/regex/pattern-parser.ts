import { propertyClass, SHORTHANDS } from "./character-class.ts";
import { ClassParser } from "./class-parser.ts";
import { type ParsedPattern, type Pattern, PatternError } from "./pattern.ts";
import { readEscapedPoint } from "./pattern-escape.ts";
import { type PatternOptions, withLetters } from "./pattern-options.ts";
import { anchor, characterOf, EMPTY, GRAPHEME, literal, NEWLINES, PLACES } from "./pattern-pieces.ts";

/**
 * Parses a regular expression in Oniguruma's `Perl_NT` syntax, the one that jq uses.
 *
 * @throws PatternError
 */
export function parsePattern(text: string, options: PatternOptions): ParsedPattern {
  return new PatternParser(text).parse(options);
}

class PatternParser {
  readonly #text: string;
  readonly #names: (string | null)[] = [];
  readonly #groups = new Map<number, Pattern>();
  /** How many groups the text has: what `\1` means depends on groups that may come later. */
  readonly #groupCount: number;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
    this.#groupCount = countGroups(text);
  }

  parse(options: PatternOptions): ParsedPattern {
    const root = this.#choice(options);
    if (this.#at < this.#text.length) throw new PatternError("unmatched close parenthesis");
    this.#checkReferences(root);
    return { root, names: this.#names, groups: this.#groups };
  }

  #choice(options: PatternOptions): Pattern {
    if (++this.#depth > MAX_DEPTH) throw new PatternError("too deep nest level");
    // `(?i)` without a body holds for the rest of the group, its other alternatives included.
    const current = { options };
    const alternatives = [this.#sequence(current)];
    while (this.#take("|")) alternatives.push(this.#sequence(current));
    this.#depth--;
    return alternatives.length === 1 ? alternatives[0]! : { kind: "choice", options: alternatives };
  }

  #sequence(current: { options: PatternOptions }): Pattern {
    const parts: Pattern[] = [];
    while (this.#at < this.#text.length && !"|)".includes(this.#text[this.#at]!)) {
      if (current.options.extended && this.#skipBlank()) continue;
      const changed = this.#isolatedOptions(current.options);
      if (changed !== undefined) {
        current.options = changed;
        continue;
      }
      const part = this.#term(current.options);
      if (part !== undefined) parts.push(this.#repeated(part, current.options));
    }
    return parts.length === 1 ? parts[0]! : { kind: "sequence", parts };
  }

  /** A term with the repeat operators after it. */
  #repeated(term: Pattern, options: PatternOptions): Pattern {
    let body = term;
    for (;;) {
      if (options.extended) while (this.#skipBlank());
      const interval = this.#interval();
      if (interval === undefined) return body;
      const { least, most } = interval;
      let mode: "greedy" | "lazy" | "possessive" = "greedy";
      if (this.#take("?")) mode = "lazy";
      else if (this.#take("+")) mode = "possessive";
      body = { kind: "repeat", body, least, most, mode };
    }
  }

  #interval(): { readonly least: number; readonly most: number } | undefined {
    if (this.#take("*")) return { least: 0, most: Number.POSITIVE_INFINITY };
    if (this.#take("+")) return { least: 1, most: Number.POSITIVE_INFINITY };
    if (this.#take("?")) return { least: 0, most: 1 };
    const braces = this.#matched(/\{(\d+)(?:(,)(\d*))?\}/y);
    if (braces === undefined) return undefined;
    const least = Number(braces[1]);
    const most = braces[2] === undefined ? least : braces[3] === "" ? Number.POSITIVE_INFINITY : Number(braces[3]);
    if (least > MAX_REPEAT || (most > MAX_REPEAT && most !== Number.POSITIVE_INFINITY)) {
      throw new PatternError("too big number for repeat range");
    }
    if (most < least) throw new PatternError("upper is smaller than lower in repeat range");
    return { least, most };
  }

  #term(options: PatternOptions): Pattern | undefined {
    const character = String.fromCodePoint(this.#text.codePointAt(this.#at)!);
    if (this.#interval() !== undefined) throw new PatternError("target of repeat operator is not specified");
    this.#at += character.length;
    switch (character) {
      case "(":
        return this.#group(options);
      case "[": {
        const parser = new ClassParser(this.#text, this.#at);
        const source = parser.parse();
        this.#at = parser.at;
        return { kind: "character", source, ignoresCase: options.ignoresCase };
      }
      case ".":
        return characterOf(options.dotAll ? "[\\p{Any}]" : "[^\\n]");
      case "^":
        return anchor(options.multiLine ? "lineStart" : "start");
      case "$":
        return anchor(options.multiLine ? "lineEnd" : "endOrLastNewline");
      case "\\":
        return this.#escape(options);
      default:
        return literal(character.codePointAt(0)!, options);
    }
  }

  #escape(options: PatternOptions): Pattern | undefined {
    if (this.#at >= this.#text.length) throw new PatternError("end pattern at escape");
    const letter = this.#text[this.#at]!;
    const shorthand = SHORTHANDS.get(letter);
    const place = PLACES.get(letter);
    if (shorthand !== undefined || place !== undefined) {
      this.#at++;
      return place === undefined ? characterOf(shorthand!) : anchor(place);
    }
    if (letter === "K") {
      this.#at++;
      return { kind: "keep" };
    }
    if (letter === "R" || letter === "X" || letter === "Q") {
      this.#at++;
      if (letter === "R") return NEWLINES;
      return letter === "X" ? GRAPHEME : this.#quoted(options);
    }
    const property = this.#matched(/[pP]\{([^}]*)\}/y);
    if (property !== undefined) {
      return {
        kind: "character",
        source: propertyClass(property[1]!, letter === "P"),
        ignoresCase: options.ignoresCase,
      };
    }
    if (/[pP]\{/y.test(this.#text.slice(this.#at, this.#at + 2))) {
      throw new PatternError("end pattern with unmatched parenthesis");
    }
    const reference = this.#reference(options);
    if (reference !== undefined) return reference;
    const escaped = readEscapedPoint(this.#text, this.#at);
    this.#at = escaped.end;
    return literal(escaped.point, options);
  }

  /** `\1`, `\k<name>`, `\g<name>`. */
  #reference(options: PatternOptions): Pattern | undefined {
    const { ignoresCase } = options;
    const number = this.#matched(/[1-9]\d{0,2}/y);
    if (number !== undefined) {
      const group = Number(number[0]);
      if (group <= this.#groupCount) return { kind: "backreference", groups: [group], ignoresCase };
      if (number[0].length === 1 || !/^[0-3]?[0-7]{2}/.test(number[0])) {
        throw new PatternError("invalid backref number/name");
      }
      this.#at -= number[0].length;
      return undefined;
    }
    const named = this.#matched(/([kg])(?:<([^>]*)>|'([^']*)')/y);
    if (named === undefined) return undefined;
    const name = (named[2] ?? named[3]!).replace(/[+-]\d+$/, (level) => (named[1] === "k" ? "" : level));
    if (named[1] === "g") return { kind: "call", group: this.#groupNamed(name).at(-1)! };
    return { kind: "backreference", groups: this.#groupNamed(name), ignoresCase };
  }

  #groupNamed(name: string): readonly number[] {
    if (/^\d+$/.test(name)) {
      if (Number(name) > this.#groupCount) throw new PatternError("invalid backref number/name");
      return [Number(name)];
    }
    if (!/^[^\W\d]\w*$/u.test(name)) throw new PatternError("invalid backref number/name");
    const found = this.#names.flatMap((known, at) => (known === name ? [at + 1] : []));
    if (found.length === 0) throw new PatternError(`undefined name <${name}> reference`);
    return found;
  }

  #group(options: PatternOptions): Pattern | undefined {
    if (this.#take("?#")) {
      const end = this.#text.indexOf(")", this.#at);
      if (end < 0) throw new PatternError("end pattern in group");
      this.#at = end + 1;
      return undefined;
    }
    for (const [mark, behind, negative] of LOOKS) {
      if (!this.#take(mark)) continue;
      return { kind: "look", behind, negative, body: this.#closed(options) };
    }
    if (this.#take("?>")) return { kind: "atomic", body: this.#closed(options) };
    if (this.#take("?~")) return { kind: "absent", body: this.#closed(options) };
    if (this.#take("?:")) return this.#closed(options);
    const condition = this.#matched(/\?\((?:(\d+)|<([^>]*)>|'([^']*)')\)/y);
    if (condition !== undefined) {
      const group = this.#groupNamed(condition[1] ?? condition[2] ?? condition[3]!).at(-1)!;
      const body = this.#closed(options);
      const [yes, no] = body.kind === "choice" ? body.options : [body];
      return { kind: "condition", group, yes: yes!, no: no ?? EMPTY };
    }
    const letters = this.#matched(/\?([imsx]*)(?:-([imsx]*))?:/y);
    if (letters !== undefined) return this.#closed(withLetters(options, letters[1]!, letters[2] ?? ""));
    return this.#capturing(options);
  }

  #capturing(options: PatternOptions): Pattern {
    let name: string | null = null;
    if (this.#text[this.#at] === "?") {
      const named = this.#matched(/\?(?:<([^>)]*)>?|'([^')]*)'?)/y);
      if (named === undefined) {
        const isCut = this.#at + 1 >= this.#text.length;
        throw new PatternError(isCut ? "end pattern in group" : "undefined group option");
      }
      name = named[1] ?? named[2]!;
      if (name === "") throw new PatternError("group name is empty");
      if (!/^[^\W\d]\w*$/u.test(name) || !/[>']$/.test(named[0]))
        throw new PatternError(`invalid group name <${name}>`);
    }
    const index = this.#names.push(name);
    const body = this.#closed(options);
    this.#groups.set(index, body);
    return { kind: "group", index, body };
  }

  #closed(options: PatternOptions): Pattern {
    const body = this.#choice(options);
    if (!this.#take(")")) throw new PatternError("end pattern with unmatched parenthesis");
    return body;
  }

  /** `(?i)`, without a body: for the rest of the group. */
  #isolatedOptions(options: PatternOptions): PatternOptions | undefined {
    const letters = this.#matched(/\(\?([imsx]*)(?:-([imsx]*))?\)/y);
    return letters === undefined ? undefined : withLetters(options, letters[1]!, letters[2] ?? "");
  }

  /** `\Q...\E` */
  #quoted(options: PatternOptions): Pattern {
    const end = this.#text.indexOf("\\E", this.#at);
    const quoted = this.#text.slice(this.#at, end < 0 ? undefined : end);
    this.#at = end < 0 ? this.#text.length : end + 2;
    return { kind: "sequence", parts: Array.from(quoted, (character) => literal(character.codePointAt(0)!, options)) };
  }

  #skipBlank(): boolean {
    return this.#matched(/[ \t\n\r\f\v]+|#[^\n]*/y) !== undefined;
  }

  #take(text: string): boolean {
    if (!this.#text.startsWith(text, this.#at)) return false;
    this.#at += text.length;
    return true;
  }

  #matched(expression: RegExp): RegExpExecArray | undefined {
    expression.lastIndex = this.#at;
    const match = expression.exec(this.#text);
    if (match === null) return undefined;
    this.#at += match[0].length;
    return match;
  }

  #checkReferences(node: Pattern): void {
    if (node.kind === "call" && !this.#groups.has(node.group)) throw new PatternError("undefined group reference");
  }
}

/** The opening parentheses that capture. */
function countGroups(text: string): number {
  let count = 0;
  for (const [part] of text.matchAll(/\\.|\[\^?\]?(?:\[:[^\]]*:\]|\\.|[^\]\\])*\]|\((?!\?)|\(\?(?:<(?![=!])|')/gsu)) {
    if (part[0] === "(") count++;
  }
  return count;
}

const LOOKS: readonly (readonly [mark: string, behind: boolean, negative: boolean])[] = [
  ["?=", false, false],
  ["?!", false, true],
  ["?<=", true, false],
  ["?<!", true, true],
];

const MAX_REPEAT = 100_000;
const MAX_DEPTH = 1000;
