/** A regular expression as a tree, in the terms of Oniguruma's Perl syntax with named groups. */
export type Pattern =
  | { readonly kind: "sequence"; readonly parts: readonly Pattern[] }
  | { readonly kind: "choice"; readonly options: readonly Pattern[] }
  /** One character. `source` is its class as JavaScript's `v` flag has them, brackets included. */
  | { readonly kind: "character"; readonly source: string; readonly ignoresCase: boolean }
  | {
      readonly kind: "repeat";
      readonly body: Pattern;
      readonly least: number;
      readonly most: number;
      readonly mode: "greedy" | "lazy" | "possessive";
    }
  | { readonly kind: "group"; readonly index: number; readonly body: Pattern }
  | { readonly kind: "atomic"; readonly body: Pattern }
  | { readonly kind: "look"; readonly behind: boolean; readonly negative: boolean; readonly body: Pattern }
  | { readonly kind: "anchor"; readonly place: Place }
  /** The same text again; of several groups of one name, the last one that took part. */
  | { readonly kind: "backreference"; readonly groups: readonly number[]; readonly ignoresCase: boolean }
  /** The pattern of a group again: `\g<name>`. */
  | { readonly kind: "call"; readonly group: number }
  | { readonly kind: "condition"; readonly group: number; readonly yes: Pattern; readonly no: Pattern }
  /** Any text that does not contain the body: `(?~body)`. */
  | { readonly kind: "absent"; readonly body: Pattern }
  /** What is matched so far is left out of the result: `\K`. */
  | { readonly kind: "keep" };

export type Place =
  | "start"
  | "end"
  | "endOrLastNewline"
  | "lineStart"
  | "lineEnd"
  | "wordBoundary"
  | "noWordBoundary"
  | "searchStart";

export interface ParsedPattern {
  readonly root: Pattern;
  /** The names of the groups in order; null for one without a name. */
  readonly names: readonly (string | null)[];
  /** What `call` refers to, by group. */
  readonly groups: ReadonlyMap<number, Pattern>;
}

/** A regular expression that is none; the message is Oniguruma's. */
export class PatternError extends Error {
  override readonly name = "PatternError";
}
