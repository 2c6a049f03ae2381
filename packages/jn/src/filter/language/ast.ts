/** A filter as a tree. Every node knows its place in the text. */
export type Node =
  | (Placed & { readonly kind: "identity" })
  | (Placed & { readonly kind: "recurse" })
  | (Placed & { readonly kind: "field"; readonly target: Node; readonly name: string })
  | (Placed & { readonly kind: "index"; readonly target: Node; readonly index: Node })
  | (Placed & {
      readonly kind: "slice";
      readonly target: Node;
      readonly from: Node | undefined;
      readonly to: Node | undefined;
    })
  | (Placed & { readonly kind: "iterate"; readonly target: Node })
  | (Placed & { readonly kind: "literal"; readonly value: null | boolean | string })
  | (Placed & { readonly kind: "number"; readonly text: string })
  | (Placed & {
      readonly kind: "string";
      readonly format: string | undefined;
      readonly parts: readonly (string | Node)[];
    })
  | (Placed & { readonly kind: "format"; readonly name: string })
  | (Placed & { readonly kind: "array"; readonly body: Node | undefined })
  | (Placed & { readonly kind: "object"; readonly entries: readonly ObjectEntry[] })
  | (Placed & { readonly kind: "negate"; readonly body: Node })
  | (Placed & { readonly kind: "pipe"; readonly left: Node; readonly right: Node })
  | (Placed & { readonly kind: "comma"; readonly left: Node; readonly right: Node })
  | (Placed & { readonly kind: "arithmetic"; readonly operator: Arithmetic; readonly left: Node; readonly right: Node })
  | (Placed & { readonly kind: "compare"; readonly operator: Comparison; readonly left: Node; readonly right: Node })
  | (Placed & { readonly kind: "logic"; readonly operator: "and" | "or"; readonly left: Node; readonly right: Node })
  | (Placed & { readonly kind: "alternative"; readonly left: Node; readonly right: Node })
  | (Placed & { readonly kind: "assign"; readonly operator: Assignment; readonly left: Node; readonly right: Node })
  | (Placed & {
      readonly kind: "if";
      readonly condition: Node;
      readonly consequent: Node;
      readonly alternate: Node | undefined;
    })
  | (Placed & { readonly kind: "try"; readonly body: Node; readonly handler: Node | undefined })
  | (Placed & {
      readonly kind: "reduce";
      readonly source: Node;
      readonly pattern: Pattern;
      readonly init: Node;
      readonly update: Node;
    })
  | (Placed & {
      readonly kind: "foreach";
      readonly source: Node;
      readonly pattern: Pattern;
      readonly init: Node;
      readonly update: Node;
      readonly extract: Node | undefined;
    })
  | (Placed & {
      readonly kind: "bind";
      readonly source: Node;
      readonly patterns: readonly Pattern[];
      readonly body: Node;
    })
  | (Placed & { readonly kind: "define"; readonly definition: Definition; readonly body: Node })
  | (Placed & { readonly kind: "call"; readonly name: string; readonly args: readonly Node[] })
  | (Placed & { readonly kind: "variable"; readonly name: string })
  | (Placed & { readonly kind: "label"; readonly name: string; readonly body: Node })
  | (Placed & { readonly kind: "break"; readonly name: string });

export interface Placed {
  /** Position in the text where the node begins. */
  readonly at: number;
}

export type Arithmetic = "+" | "-" | "*" | "/" | "%";
export type Comparison = "==" | "!=" | "<" | "<=" | ">" | ">=";
export type Assignment = "=" | "|=" | "+=" | "-=" | "*=" | "/=" | "%=" | "//=";

export interface ObjectEntry {
  readonly key: Node;
  /** Always there: the parser fills it in for `{a}` and `{$x}`. */
  readonly value: Node;
}

/** What `as` binds: `$name`, `[a, b]`, `{key: pattern}`. */
export type Pattern =
  | { readonly kind: "variable"; readonly name: string }
  | { readonly kind: "array"; readonly elements: readonly Pattern[] }
  | { readonly kind: "object"; readonly entries: readonly PatternEntry[] };

export interface PatternEntry {
  /** The key; `$name` stands for the key "name" and binds it too. */
  readonly key: Node;
  readonly variable: string | undefined;
  readonly value: Pattern | undefined;
}

/** A whole filter, or a module, which has no body. */
export interface Program {
  /** The object after `module`. */
  readonly meta: Node | undefined;
  readonly imports: readonly Import[];
  /** Of a module. */
  readonly definitions: readonly Definition[];
  /** Of a filter, whose definitions are in it. */
  readonly body: Node;
}

export interface Import extends Placed {
  readonly path: string;
  /** `name` or `$name`; undefined for `include`. */
  readonly alias: string | undefined;
  readonly meta: Node | undefined;
}

export interface Definition extends Placed {
  readonly name: string;
  /** Parameter names; one that begins with `$` is a value. */
  readonly params: readonly string[];
  readonly body: Node;
}
