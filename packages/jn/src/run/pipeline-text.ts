import { JnError } from "../jn-error.ts";
import { caretPlace } from "../text/caret.ts";

/** The text of a pipeline, and how messages call it. */
export interface PipelineText {
  readonly text: string;
  /** `the pipeline`, or the name of a file. */
  readonly name: string;
}

/** A word of a stage, without its quotes, and where it begins. */
export interface Word {
  readonly text: string;
  readonly at: number;
}

/** What `${NAME}` stands for; undefined: nothing is known of it. */
export type Variables = (name: string) => string | undefined;

/**
 * Cuts the text of a pipeline into stages and their words: `cat a.csv | filter ".x > 10" | put b.json`.
 *
 * Blanks and line ends separate words, `|` separates stages, `#` at the beginning of a word begins a comment. Between single quotes
 * everything is itself. Between double quotes `\"`, `\\` and `\$` are `"`, `\` and `$`, any other backslash is itself; outside of quotes
 * a backslash makes the character after it an ordinary one. `${NAME}` and `${NAME:-default}` are replaced outside of single quotes; what
 * comes in their place is never looked at for blanks, quotes or stages. Nothing else means anything, and words that a shell would
 * take for more are refused.
 *
 * @param from where in the text the first stage begins
 * @throws JnError `USAGE`, with a caret under the place
 */
export function parsePipeline(source: PipelineText, variables: Variables, from = 0): readonly (readonly Word[])[] {
  const stages: Word[][] = [[]];
  let barAt = from;
  const requireStage = (at: number): void => {
    if (stages.at(-1)!.length === 0) throw mistake(source, at, "there is no stage here");
  };
  const reader = new WordReader(source, variables, from);
  for (let next = reader.next(); next !== undefined; next = reader.next()) {
    if (next !== "|") {
      stages.at(-1)!.push(next);
      continue;
    }
    barAt = reader.at - 1;
    requireStage(barAt);
    stages.push([]);
  }
  requireStage(stages.length > 1 ? barAt : source.text.length);
  return stages;
}

/** The words of one line, and where the next one begins. */
export function parseLine(
  source: PipelineText,
  from: number,
): { readonly words: readonly Word[]; readonly end: number } {
  const newline = source.text.indexOf("\n", from);
  const end = newline < 0 ? source.text.length : newline;
  const reader = new WordReader({ ...source, text: source.text.slice(0, end) }, () => undefined, from);
  const words: Word[] = [];
  for (let next = reader.next(); next !== undefined; next = reader.next()) {
    if (next === "|")
      throw mistake(source, reader.at - 1, "this line declares a parameter; a stage begins on a line of its own");
    words.push(next);
  }
  return { words, end: Math.min(end + 1, source.text.length) };
}

/** The text that `parsePipeline` makes these words of. */
export function pipelineText(stages: readonly (readonly string[])[]): string {
  return stages.map((words) => words.map(quotedWord).join(" ")).join(" | ");
}

/** @throws JnError `USAGE`, always */
export function mistake({ text, name }: PipelineText, at: number, message: string): JnError {
  const { where, shown } = caretPlace(text, at);
  return new JnError("USAGE", `in ${name}, ${where}: ${message}\n${shown}`);
}

class WordReader {
  at: number;
  readonly #source: PipelineText;
  readonly #text: string;
  readonly #variables: Variables;

  constructor(source: PipelineText, variables: Variables, from: number) {
    this.#source = source;
    this.#text = source.text;
    this.#variables = variables;
    this.at = from;
  }

  next(): Word | "|" | undefined {
    this.#skipBlanks();
    if (this.at >= this.#text.length) return undefined;
    if (this.#text[this.at] === "|") {
      this.at++;
      if (this.#text[this.at] === "|")
        throw this.#mistake(this.at - 1, "there is no || here; stages are separated by one |");
      return "|";
    }
    const start = this.at;
    let word = "";
    while (this.at < this.#text.length && !/[\s|]/.test(this.#text[this.at]!)) word += this.#piece();
    this.#requirePlain(start, this.#text.slice(start, this.at));
    return { text: word, at: start };
  }

  #skipBlanks(): void {
    for (; this.at < this.#text.length; this.at++) {
      const character = this.#text[this.at]!;
      if (character === "#") {
        const newline = this.#text.indexOf("\n", this.at);
        this.at = newline < 0 ? this.#text.length - 1 : newline;
      } else if (!/\s/.test(character)) return;
    }
  }

  /** Text between quotes, a variable, or one character. */
  #piece(): string {
    const start = this.at;
    const character = this.#text[this.at++]!;
    if (character === "'") {
      const end = this.#text.indexOf("'", this.at);
      if (end < 0) throw this.#mistake(start, "this quote is not closed");
      this.at = end + 1;
      return this.#text.slice(start + 1, end);
    }
    if (character === '"') return this.#doubleQuoted(start);
    if (character === "$" && this.#text[this.at] === "{") return this.#variable(start);
    if (character !== "\\") return character;
    if (this.at >= this.#text.length) throw this.#mistake(start, "a backslash has nothing after it");
    return this.#text[this.at++]!;
  }

  #doubleQuoted(start: number): string {
    let word = "";
    for (;;) {
      const character = this.#text[this.at++];
      if (character === undefined) throw this.#mistake(start, "this quote is not closed");
      if (character === '"') return word;
      if (character === "$" && this.#text[this.at] === "{") word += this.#variable(this.at - 1);
      else if (character === "\\" && /["\\$]/.test(this.#text[this.at] ?? "")) word += this.#text[this.at++]!;
      else word += character;
    }
  }

  /** `${NAME}` or `${NAME:-default}`, from its `$`. */
  #variable(start: number): string {
    const found = /^\$\{(\w+)(?::-([^}]*))?\}/.exec(this.#text.slice(start));
    if (found === null)
      throw this.#mistake(start, "a variable is written ${NAME} or ${NAME:-default}; for the text itself write \\${");
    const [whole, name = "", fallback] = found;
    this.at = start + whole.length;
    const value = this.#variables(name) ?? fallback;
    if (value !== undefined) return value;
    throw this.#mistake(start, `the variable ${name} is not set; set it, or give a default: \${${name}:-...}`);
  }

  /** Refuses what means something to a shell, and would be a word here. */
  #requirePlain(start: number, raw: string): void {
    const [operator] = /^(?:\d?>>?|<<?|&&?|;)|[;&]$/.exec(raw) ?? [];
    if (operator !== undefined) {
      const advice = operator.includes(">")
        ? "; put ADDRESS writes to a file"
        : operator.includes("<")
          ? "; cat ADDRESS reads a file"
          : "";
      throw this.#mistake(
        start,
        `'${operator}' means nothing here, there is no shell${advice}; quote it if it belongs to a word`,
      );
    }
    const at = raw.startsWith("`") ? 0 : raw.startsWith("$(") ? 0 : -1;
    if (at >= 0)
      throw this.#mistake(start, "commands are not substituted, there is no shell; quote it if it belongs to a word");
  }

  #mistake(at: number, message: string): JnError {
    return mistake(this.#source, at, message);
  }
}

function quotedWord(word: string): string {
  if (/^[\w@%+=:,./~-]+$/.test(word)) return word;
  return word.includes("'") ? `"${word.replaceAll(/["\\$]/g, String.raw`\$&`)}"` : `'${word}'`;
}
