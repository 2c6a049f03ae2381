import type { Pattern } from "./pattern.ts";

/**
 * The same pattern for the engine's own matcher, several times faster than ours, where that cannot run away and means
 * the same: characters, anchors, groups that are not repeated, choices outside of repeats, and at most `MAX_RUNS` repeats of
 * single characters. The time is then bounded by a power of the text's length: see `isQuickOn`.
 */
export interface NativePattern {
  readonly expression: RegExp;
  /** How many repeats of one character without an upper bound follow one another at most. */
  readonly runs: number;
}

export function nativePattern(root: Pattern): NativePattern | undefined {
  const ignoresCase = caseOf(root);
  if (ignoresCase === undefined) return undefined;
  const translated = translate(root);
  if (translated === undefined || translated.runs > MAX_RUNS) return undefined;
  return { expression: new RegExp(translated.source, ignoresCase ? "dvgi" : "dvg"), runs: translated.runs };
}

/** Whether a search in a text of this length takes less than about a second at worst. */
export function isQuickOn(pattern: NativePattern, length: number): boolean {
  return pattern.runs === 0 || length ** (pattern.runs + 1) < MAX_WORK;
}

interface Translated {
  readonly source: string;
  readonly runs: number;
}

function translate(node: Pattern): Translated | undefined {
  switch (node.kind) {
    case "character":
      return { source: node.source, runs: 0 };
    case "anchor": {
      const source = ANCHORS.get(node.place);
      return source === undefined ? undefined : { source, runs: 0 };
    }
    case "sequence":
      return joined(node.parts, "", (runs) => runs.reduce((sum, count) => sum + count, 0));
    case "choice": {
      const options = joined(node.options, "|", (runs) => Math.max(...runs));
      return options === undefined ? undefined : { source: `(?:${options.source})`, runs: options.runs };
    }
    case "group": {
      const body = translate(node.body);
      return body === undefined ? undefined : { source: `(${body.source})`, runs: body.runs };
    }
    case "repeat": {
      const { body, least, most, mode } = node;
      if (body.kind !== "character" || mode === "possessive") return undefined;
      const isBounded = most !== Number.POSITIVE_INFINITY;
      if (isBounded && most > 1 && most !== least) return undefined;
      const braces = `{${least},${isBounded ? most : ""}}`;
      return { source: `${body.source}${braces}${mode === "lazy" ? "?" : ""}`, runs: isBounded ? 0 : 1 };
    }
    default:
      return undefined;
  }
}

function joined(
  nodes: readonly Pattern[],
  separator: string,
  total: (runs: readonly number[]) => number,
): Translated | undefined {
  const parts = nodes.map(translate);
  const known = parts.filter((part) => part !== undefined);
  if (known.length < parts.length) return undefined;
  return { source: known.map((part) => part.source).join(separator), runs: total(known.map((part) => part.runs)) };
}

/** Whether all characters ignore case, or none does; undefined when they differ. */
function caseOf(root: Pattern): boolean | undefined {
  const found = new Set<boolean>();
  const visit = (node: Pattern): void => {
    if (node.kind === "character") found.add(node.ignoresCase);
    else if (node.kind === "sequence") node.parts.forEach(visit);
    else if (node.kind === "choice") node.options.forEach(visit);
    else if ("body" in node) visit(node.body);
  };
  visit(root);
  return found.size > 1 ? undefined : found.has(true);
}

const ANCHORS: ReadonlyMap<string, string> = new Map([
  ["start", "^"],
  ["end", "$"],
  ["endOrLastNewline", String.raw`(?=\n?$)`],
]);

const MAX_RUNS = 3;
const MAX_WORK = 1e9;
