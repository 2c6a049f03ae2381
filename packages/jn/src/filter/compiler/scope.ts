import type { Definition, Node } from "../language/ast.ts";

/** What names mean at a place: a list of bindings, the innermost first. */
export interface Env {
  readonly binding: Binding;
  readonly outer: Env | undefined;
}

export type Binding =
  /** `$name`, held in a JavaScript variable. */
  | { readonly kind: "variable"; readonly name: string; readonly js: string }
  /** A parameter, standing for the argument's text in the caller's environment. */
  | { readonly kind: "argument"; readonly key: string; readonly node: Node; readonly env: Env | undefined }
  /** A function that is inlined where it is called. */
  | {
      readonly kind: "inline";
      readonly key: string;
      readonly definition: Definition;
      /** Of a module's function: what names mean in it. */
      readonly home?: Env | undefined;
    }
  /** A recursive function: a pair of JavaScript functions, `js.each` and `js.paths`. */
  | { readonly kind: "function"; readonly key: string; readonly definition: Definition; readonly js: string }
  /** A parameter of such a function: a pair of JavaScript functions. */
  | { readonly kind: "closure"; readonly key: string; readonly js: string }
  | { readonly kind: "label"; readonly name: string; readonly js: string };

export function bind(outer: Env | undefined, binding: Binding): Env {
  return { binding, outer };
}

export function findVariable(env: Env | undefined, name: string): string | undefined {
  for (let at = env; at !== undefined; at = at.outer) {
    if (at.binding.kind === "variable" && at.binding.name === name) return at.binding.js;
  }
  return undefined;
}

export function findLabel(env: Env | undefined, name: string): string | undefined {
  for (let at = env; at !== undefined; at = at.outer) {
    if (at.binding.kind === "label" && at.binding.name === name) return at.binding.js;
  }
  return undefined;
}

export type FunctionBinding = Exclude<Binding, { readonly name: string }>;

/** The function bound to `name/arity`, with the environment that its own body is to be read in. */
export function findFunction(
  env: Env | undefined,
  key: string,
): { readonly binding: FunctionBinding; readonly at: Env } | undefined {
  for (let at = env; at !== undefined; at = at.outer) {
    const { binding } = at;
    if (binding.kind === "variable" || binding.kind === "label" || binding.key !== key) continue;
    return { binding, at: (binding.kind === "inline" ? binding.home : undefined) ?? at };
  }
  return undefined;
}

/** The names of all functions that can be called here, as `name/arity`. */
export function functionKeys(env: Env | undefined): string[] {
  const keys: string[] = [];
  for (let at = env; at !== undefined; at = at.outer) {
    if (at.binding.kind !== "variable" && at.binding.kind !== "label") keys.push(at.binding.key);
  }
  return keys;
}

export function keyOf(name: string, arity: number): string {
  return `${name}/${arity}`;
}
