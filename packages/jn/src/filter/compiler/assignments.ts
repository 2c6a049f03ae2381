import type { Node } from "../language/ast.ts";
import { internalKey } from "../value/object-key.ts";
import { constantPath } from "../language/constant-path.ts";
import { type Emitter, inputOf, once, type Site, withInput } from "./emitter.ts";
import { OPERATIONS } from "./operations.ts";

type Assign = Node & { readonly kind: "assign" };

/** The value of an assignment for one value of its right side, which is `right` in JavaScript (unused for `|=`). */
export function assignment(emitter: Emitter, node: Assign, site: Site, right: string): string {
  const { rt } = emitter;
  const path = constantPath(node.left);
  if (path?.length === 1 && (node.operator !== "|=" || emitter.isSingle(node.right, site.env))) {
    return fieldAssignment(emitter, node, path[0]!, site, right);
  }
  const add = emitter.name("add");
  const old = emitter.name("old");
  const collect = emitter.lambda(add, site, (inner) =>
    emitter.paths(node.left, "[]", inner, (to, value) => `${add}(${rt}.pathOf(${to}, ${value}));\n`),
  );
  if (node.operator === "|=") {
    const change = emitter.lambda(old, site, (inner) => firstResult(emitter, node.right, withInput(inner, old)));
    return `${rt}.update(${inputOf(site)}, ${collect}, ${change})`;
  }
  return `${rt}.update(${inputOf(site)}, ${collect}, (${old}) => ${changed(rt, node, old, right)})`;
}

/** The usual assignment, `.a = ...`: a copy of the object with one key set, without paths. */
function fieldAssignment(emitter: Emitter, node: Assign, name: string, site: Site, right: string): string {
  const { rt } = emitter;
  const key = JSON.stringify(internalKey(name));
  const target = `...rt.objectOrNull(${inputOf(site)}, ${key})`;
  if (node.operator === "=") return `({ ${target}, [${key}]: ${right} })`;
  const old = emitter.name("old");
  const body = (inner: Site): string => {
    const value =
      node.operator === "|=" ? emitter.value(node.right, withInput(inner, old)) : changed(rt, node, old, right);
    return `return { ${target}, [${key}]: ${value} };\n`;
  };
  return `(${emitter.lambda(old, site, body)})(${rt}.field(${inputOf(site)}, ${key}))`;
}

/** What the operators with a value of their own make of the old value. */
function changed(rt: string, node: Assign, old: string, right: string): string {
  if (node.operator === "=") return right;
  if (node.operator === "//=") return `(${rt}.isTruthy(${old}) ? ${old} : ${right})`;
  return `${rt}.${OPERATIONS.get(node.operator.slice(0, -1))}(${old}, ${right})`;
}

/** Statements that return the first result, or undefined when there is none. */
function firstResult(emitter: Emitter, node: Node, site: Site): string {
  const { rt } = emitter;
  if (emitter.isSingle(node, site.env)) return `return ${emitter.value(node, site)};\n`;
  const found = emitter.name("found");
  const label = emitter.name("label");
  const body = emitter.each(node, site, (value) => once(emitter, value, (v) => `${found} = ${v};\nthrow ${label};\n`));
  return `let ${found};\nconst ${label} = ${rt}.newLabel();\ntry {\n${body}} catch (e) { if (e !== ${label}) throw e; }\nreturn ${found};\n`;
}
