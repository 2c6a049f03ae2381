import { FilterError } from "../value/filter-error.ts";
import { isQuickOn, nativePattern, type NativePattern } from "./native-pattern.ts";
import { parsePattern } from "./pattern-parser.ts";
import { type MatchSpans, PatternMatcher, type SearchOptions } from "./pattern-matcher.ts";
import { type ParsedPattern, PatternError } from "./pattern.ts";
import { compilePattern } from "./pattern-program.ts";

/** Called with each match in turn; returns whether to go on. */
export type OnMatch = (spans: MatchSpans) => boolean;

/**
 * A regular expression as jq has them: Oniguruma's Perl syntax with named groups, and jq's flags.
 *
 * Patterns that cannot run away are left to the engine; others go to a matcher of ours, which counts its steps.
 */
export class RegularExpression {
  readonly names: readonly (string | null)[];
  readonly isGlobal: boolean;
  readonly #parsed: ParsedPattern;
  readonly #native: NativePattern | undefined;
  readonly #search: SearchOptions;
  #matcher: PatternMatcher | undefined;

  /** @throws FilterError for a pattern or flags that are none, in jq's words */
  constructor(pattern: string, flags: string) {
    const known = [...flags].every((flag) => FLAGS.includes(flag));
    if (!known) throw new FilterError(`${flags} is not a valid modifier string`);
    const options = {
      ignoresCase: flags.includes("i"),
      dotAll: flags.includes("m") || flags.includes("p"),
      multiLine: false,
      extended: flags.includes("x"),
    };
    this.isGlobal = flags.includes("g");
    this.#search = { longest: flags.includes("l"), notEmpty: flags.includes("n") };
    this.#parsed = explained(() => parsePattern(pattern, options));
    this.names = this.#parsed.names;
    const isSpecial = this.#search.longest === true || this.#search.notEmpty === true;
    this.#native = isSpecial ? undefined : nativePattern(this.#parsed.root);
  }

  test(text: string): boolean {
    if (this.#native !== undefined && isQuickOn(this.#native, text.length)) {
      const { expression } = this.#native;
      expression.lastIndex = 0;
      return expression.test(text);
    }
    return this.#find(text, 0) !== undefined;
  }

  /** Every match from the left, one only if the flags are not global. */
  eachMatch(text: string, found: OnMatch): void {
    for (let start = 0; start <= text.length;) {
      const spans = this.#find(text, start);
      if (spans === undefined || !found(spans) || !this.isGlobal) return;
      const [from, end] = [spans[0]!, spans[1]!];
      start = end > from && end > start ? end : end + (text.codePointAt(end)! > 0xffff ? 2 : 1);
    }
  }

  #find(text: string, start: number): MatchSpans | undefined {
    if (this.#native !== undefined && isQuickOn(this.#native, text.length)) {
      const { expression } = this.#native;
      expression.lastIndex = start;
      const match = expression.exec(text);
      return match === null ? undefined : spansOf(match);
    }
    return explained(() => {
      this.#matcher ??= new PatternMatcher(compilePattern(this.#parsed));
      return this.#matcher.find(text, start, this.#search);
    });
  }
}

/** The same for the same arguments: filters use few of them, over and over. */
export function regularExpression(pattern: string, flags: string): RegularExpression {
  const key = `${flags}/${pattern}`;
  let expression = compiled.get(key);
  if (expression === undefined) {
    expression = new RegularExpression(pattern, flags);
    if (compiled.size >= MAX_COMPILED) compiled.clear();
    compiled.set(key, expression);
  }
  return expression;
}

function spansOf(match: RegExpExecArray): MatchSpans {
  const indices = match.indices!;
  const spans = new Int32Array(2 * match.length).fill(-1);
  for (let group = 0; group < match.length; group++) {
    const span = indices[group];
    if (span === undefined) continue;
    spans[2 * group] = span[0];
    spans[2 * group + 1] = span[1];
  }
  return spans;
}

function explained<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof PatternError) throw new FilterError(`Regex failure: ${error.message}`);
    throw error;
  }
}

const compiled = new Map<string, RegularExpression>();
const MAX_COMPILED = 1000;
const FLAGS = "gimnpslx";
