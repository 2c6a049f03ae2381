/** Draws filters and inputs; the same seed gives the same ones. */
export class RandomFilter {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** A filter, and an input that it may make sense for. */
  next(): { readonly program: string; readonly input: string } {
    return { program: this.#expression(3), input: JSON.stringify(this.#value(2)) };
  }

  #expression(depth: number): string {
    if (depth === 0) return this.#pick(LEAVES);
    const inner = (): string => this.#expression(depth - 1);
    switch (this.#below(20)) {
      case 0:
        return `${inner()} | ${inner()}`;
      case 1:
        return `(${inner()}), (${inner()})`;
      case 2:
        return `[${inner()}]`;
      case 3:
        return `{a: (${inner()}), b: (${inner()})}`;
      case 4:
        return `(${inner()}) ${this.#pick(["+", "-", "*", "/", "%", "==", "!=", "<", "<=", ">", ">=", "and", "or", "//"])} (${inner()})`;
      case 5:
        return `if ${inner()} then ${inner()} else ${inner()} end`;
      case 6:
        return `try (${inner()}) catch .`;
      case 7:
        return `(${inner()})?`;
      case 8:
        return `${this.#pick(["map", "select", "first", "last", "any", "all", "sort_by", "group_by", "unique_by", "min_by", "max_by", "map_values", "with_entries", "isempty", "add", "paths", "path", "del", "walk", "to_entries | map", "recurse | select"])}(${inner()})`;
      case 9:
        return `(${this.#path()}) ${this.#pick(["=", "|=", "+=", "-=", "*=", "//="])} (${inner()})`;
      case 10:
        return `reduce (${inner()}) as $x (${this.#pick(["0", "null", "[]", "{}"])}; ${this.#pick(["[., $x]", ". + [$x]?", "$x", ".a = $x", "[$x] + [.]"])})`;
      case 11:
        return `[foreach (${inner()}) as $x (0; . + 1; ${this.#pick(["[., $x]", "$x", "select(. > 1)"])})]`;
      case 12:
        return `(${inner()}) as $v | ${this.#pick(["$v", "[$v, .]", "$v | tostring", "{$v}"])}`;
      case 13:
        return this.#pick([
          ". as [$a, $b] | [$a]",
          ". as {a: $a, b: $b} | [$a, $b]",
          ". as {$a, b: [$b]} | [$a]",
          // In brackets, as nothing that follows is to decide which of the patterns counts.
          "[. as [$a] ?// {a: $a} | [$a]]",
          `[. as [[$a]] ?// [$a, $b] | ${inner()}]`,
        ]);
      case 14:
        return `def f(g): ${this.#pick(["g | g", "[g, g]", "g // 1", "first(g)"])}; f(${inner()})`;
      case 15:
        return `label $out | (${inner()}) | ., break $out`;
      case 16:
        return `${this.#pick(["limit", "skip", "nth"])}(${this.#below(3)}; ${inner()})`;
      case 17:
        return `(${inner()}) | ${this.#pick(NULLARY)}`;
      case 18:
        return `${this.#path()} | ${inner()}`;
      default:
        return `"x\\(${inner()})"`;
    }
  }

  #path(): string {
    const step = (): string =>
      this.#pick([".a", ".b", ".[0]", ".[]", ".[1:]", ".[-1]", ".", ".a?", ".[]?", "..", '.["a"]', "first(.[])"]);
    return this.#below(2) === 0 ? step() : `${step()} | ${step()}`;
  }

  #value(depth: number): unknown {
    const kind = this.#below(depth === 0 ? 5 : 8);
    if (kind < 5)
      return this.#pick<unknown>([null, true, false, 0, 1, -1, 2, 3.5, 10, "", "a", "b", "ab", "é", "1", "a,b"]);
    const length = this.#below(4);
    if (kind < 7) return Array.from({ length }, () => this.#value(depth - 1));
    return Object.fromEntries(["a", "b", "c"].slice(0, length).map((key) => [key, this.#value(depth - 1)]));
  }

  #pick<T>(from: readonly T[]): T {
    return from[this.#below(from.length)]!;
  }

  /** Mulberry32. */
  #below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) % limit;
  }
}

const NULLARY: readonly string[] = [
  "length", "keys", "values", "type", "tostring", "tojson", "not", "add", "any", "all", "flatten", "sort", "unique", "min",
  "max", "to_entries", "first", "last", "floor", "sqrt", "abs", "tonumber", "ascii_downcase", "ascii_upcase", "explode",
  "implode", "trim", "transpose", "paths", "recurse", "tostream", "arrays", "objects", "scalars", "numbers", "strings",
  "nulls", "iterables", "isempty(.[])", "has(0)", 'has("a")', "contains(1)", 'contains("a")', "inside([1])", "index(1)",
  'indices("a")', 'split(",")', 'join(",")', 'join("")', "range(3)", 'startswith("a")', 'ltrimstr("a")', "tojson | fromjson",
  'test("a")', '[match("a"; "g").offset]', 'sub("a"; "b")', '[scan(".")]', "getpath([0])", 'getpath(["a"])', "@json", "@text",
  "@html", "@uri", "@base64", "@csv", "@tsv", "@sh", "fromstream(tostream)", "error", "empty", "input_line_number", "infinite | floor",
  "combinations", "bsearch(1)", "splits(\"a\")", "toboolean", "keys_unsorted", "utf8bytelength", "tojson", "pick(.a)", "pick(.[0])",
  "del(.[0])", "del(.a)", "delpaths([[0]])", "setpath([0]; 1)", 'setpath(["a"]; 1)', "IN(1, 2)", "INDEX(.a)", "walk(.)", "limit(2; .[])",
]; // prettier-ignore

const LEAVES: readonly string[] = [
  ".", ".a", ".b", ".[0]", ".[]", ".[]?", ".a?", ".[1:]", ".[-1]", "..", "1", "0", "2.5", "-1", "null", "true", "false", '"a"',
  '"ab"', "[]", "{}", "[1, 2]", '{"a": 1}', "empty", "length", "keys", "type", "tostring", "not", ".[:1]", "(1, 2)", "[.[]?]",
  'error("e")', "add", "first", "$__loc__.line", "@json", "range(2)", "nan | isnan", "tojson",
]; // prettier-ignore
