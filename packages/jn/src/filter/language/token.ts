/** A piece of a filter's text. `start` and `end` are positions in it, for messages. */
export interface Token {
  readonly kind: "field" | "name" | "keyword" | "variable" | "format" | "number" | "string" | "operator" | "end";
  /** The name, keyword, operator, number text, ... without its marks (`.`, `$`, `@`). */
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** Of a string: its pieces, where an array is the tokens of an interpolation. */
  readonly parts?: readonly (string | readonly Token[])[];
}
