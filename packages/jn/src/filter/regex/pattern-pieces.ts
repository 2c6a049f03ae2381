import { quotedCharacter } from "./character-class.ts";
import type { Pattern, Place } from "./pattern.ts";
import type { PatternOptions } from "./pattern-options.ts";

/** A character of a class in JavaScript's terms. */
export function characterOf(source: string): Pattern {
  return { kind: "character", source, ignoresCase: false };
}

export function literal(point: number, options: PatternOptions): Pattern {
  return { kind: "character", source: `[${quotedCharacter(point)}]`, ignoresCase: options.ignoresCase };
}

export function anchor(place: Place): Pattern {
  return { kind: "anchor", place };
}

export const EMPTY: Pattern = { kind: "sequence", parts: [] };

/** `\R` */
export const NEWLINES: Pattern = {
  kind: "atomic",
  body: {
    kind: "choice",
    options: [
      { kind: "sequence", parts: [characterOf("[\\r]"), characterOf("[\\n]")] },
      characterOf("[\\n-\\r\\x85\\u2028\\u2029]"),
    ],
  },
};

/** A character with the marks that combine with it: less than Unicode's rules say, enough for letters with accents. */
export const GRAPHEME: Pattern = {
  kind: "atomic",
  body: {
    kind: "sequence",
    parts: [
      characterOf("[\\p{Any}]"),
      {
        kind: "repeat",
        body: characterOf("[\\p{M}\\u200d]"),
        least: 0,
        most: Number.POSITIVE_INFINITY,
        mode: "possessive",
      },
    ],
  },
};

/** By the letter of their escape. */
export const PLACES: ReadonlyMap<string, Place> = new Map([
  ["A", "start"],
  ["z", "end"],
  ["Z", "endOrLastNewline"],
  ["b", "wordBoundary"],
  ["B", "noWordBoundary"],
  ["G", "searchStart"],
]);
