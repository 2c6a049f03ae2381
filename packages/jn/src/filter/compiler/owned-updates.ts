import type { Node } from "../language/ast.ts";
import { someNode } from "../language/walk.ts";
import { type Emitter, isName, type Site, temporary, withInput } from "./emitter.ts";
import { OPERATIONS } from "./operations.ts";
import { findFunction, keyOf } from "./scope.ts";

/** Whether the update of a loop changes its state at places, or adds to it: in place, if the loop owns it. */
export function changesInPlace(emitter: Emitter, node: Node, site: Site): boolean {
  if (!emitter.isSingle(node, site.env)) return false;
  switch (node.kind) {
    case "pipe":
      return changesInPlace(emitter, node.left, site) || changesInPlace(emitter, node.right, site);
    case "if":
      return (
        changesInPlace(emitter, node.consequent, site) ||
        (node.alternate !== undefined && changesInPlace(emitter, node.alternate, site))
      );
    case "arithmetic":
      return node.operator === "+" && node.left.kind === "identity";
    case "assign":
      return singlePath(emitter, node.left, site) !== undefined && emitter.isSingle(node.right, site.env);
    case "call":
      return isSetpath(node, site);
    default:
      return false;
  }
}

/** The new state. `own` is the JavaScript variable of the loop's ownership. */
export function ownedUpdate(emitter: Emitter, node: Node, own: string, site: Site): string {
  const released = (part: Node, at: Site): string => {
    const value = emitter.value(part, at);
    return mentionsInput(part) ? `${own}.released(${value})` : value;
  };
  if (node.kind === "identity") return site.input;
  // Of a choice, a side may be the state as it is.
  if (node.kind !== "if" && !changesInPlace(emitter, node, site)) return released(node, site);
  switch (node.kind) {
    case "pipe": {
      const left = ownedUpdate(emitter, node.left, own, site);
      const input = isName(left) ? left : temporary(emitter, site);
      const right = ownedUpdate(emitter, node.right, own, withInput(site, input));
      return input === left ? right : `(${input} = ${left}, ${right})`;
    }
    case "if": {
      const otherwise = node.alternate === undefined ? site.input : ownedUpdate(emitter, node.alternate, own, site);
      return `(${emitter.condition(node.condition, site)} ? ${ownedUpdate(emitter, node.consequent, own, site)} : ${otherwise})`;
    }
    case "arithmetic":
      return `${own}.add(${site.input}, ${released(node.right, site)})`;
    case "assign":
      return assigned(emitter, node, own, site, released);
    case "call": {
      const [path, value] = node.args;
      return `${own}.set(${site.input}, ${emitter.rt}.requirePath(${emitter.value(path!, site)}), ${released(value!, site)})`;
    }
    default:
      return released(node, site);
  }
}

function assigned(
  emitter: Emitter,
  node: Node & { readonly kind: "assign" },
  own: string,
  site: Site,
  released: (part: Node, at: Site) => string,
): string {
  const { rt } = emitter;
  const path = `[${(singlePath(emitter, node.left, site) ?? []).join(", ")}]`;
  const old = emitter.name("old");
  if (node.operator === "|=") {
    const change = emitter.lambda(old, site, (inner) => {
      const at = withInput(inner, old);
      const adds =
        node.right.kind === "arithmetic" && node.right.operator === "+" && node.right.left.kind === "identity";
      return `return ${adds ? ownedUpdate(emitter, node.right, own, at) : released(node.right, at)};\n`;
    });
    return `${own}.update(${site.input}, ${path}, ${change})`;
  }
  const right = temporary(emitter, site);
  const hold = `${right} = ${released(node.right, site)}`;
  if (node.operator === "=") return `(${hold}, ${own}.set(${site.input}, ${path}, ${right}))`;
  const changed =
    node.operator === "+="
      ? `${own}.add(${old}, ${right})`
      : node.operator === "//="
        ? `(${rt}.isTruthy(${old}) ? ${old} : ${right})`
        : `${rt}.${OPERATIONS.get(node.operator.slice(0, -1))}(${old}, ${right})`;
  return `(${hold}, ${own}.update(${site.input}, ${path}, (${old}) => ${changed}))`;
}

/** The steps, in JavaScript, of a path such as `.a[$k].b`, which leads to exactly one place. */
function singlePath(emitter: Emitter, node: Node, site: Site): readonly string[] | undefined {
  if (node.kind === "identity") return [];
  if (node.kind !== "field" && node.kind !== "index") return undefined;
  const outer = singlePath(emitter, node.target, site);
  if (outer === undefined) return undefined;
  if (node.kind === "field") return [...outer, JSON.stringify(node.name)];
  if (!emitter.isSingle(node.index, site.env)) return undefined;
  return [...outer, emitter.value(node.index, site)];
}

function isSetpath(node: Node & { readonly kind: "call" }, site: Site): boolean {
  return node.name === "setpath" && node.args.length === 2 && findFunction(site.env, keyOf("setpath", 2)) === undefined;
}

/** Whether a value may have parts of the input in it: all but what is made of constants and variables. */
function mentionsInput(node: Node): boolean {
  return someNode(node, ({ kind }) => !INDEPENDENT.has(kind));
}

const INDEPENDENT: ReadonlySet<Node["kind"]> = new Set([
  "literal",
  "number",
  "variable",
  "field",
  "index",
  "array",
  "object",
  "comma",
  "arithmetic",
  "compare",
  "negate",
]);
