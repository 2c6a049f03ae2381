import type { Node } from "../language/ast.ts";
import { internalKey } from "../value/object-key.ts";
import { ExactNumber } from "../value/exact-number.ts";
import { nativeCall, resolve, withValueParameter } from "./calls.ts";
import { type Emitter, inputOf, isName, ROOT, type Site, temporary, withEnv, withInput } from "./emitter.ts";
import { bind, type Env, findVariable, keyOf } from "./scope.ts";
import { assignment } from "./assignments.ts";
import { constantKey, constantPath } from "../language/constant-path.ts";
import { OPERATIONS } from "./operations.ts";
import { emitReduce } from "./loops.ts";

/** Emits a JavaScript expression for an expression that has exactly one result. */
export function emitValue(emitter: Emitter, node: Node, site: Site): string {
  const { rt } = emitter;
  switch (node.kind) {
    case "identity":
      return inputOf(site);
    case "literal":
      return emitter.constant(node.value);
    case "number":
      return emitter.constant(ExactNumber.ofLiteral(node.text));
    case "variable":
      return variable(emitter, node, site);
    case "field": {
      const path = site.input === ROOT ? constantPath(node) : undefined;
      if (path !== undefined) return emitter.fieldSlot(path);
      return `${rt}.field(${emitter.value(node.target, site)}, ${JSON.stringify(internalKey(node.name))})`;
    }
    case "index": {
      const path = site.input === ROOT ? constantPath(node) : undefined;
      if (path !== undefined) return emitter.fieldSlot(path);
      const target = emitter.value(node.target, site);
      if (node.index.kind === "literal" && typeof node.index.value === "string") {
        return `${rt}.field(${target}, ${JSON.stringify(internalKey(node.index.value))})`;
      }
      return `${rt}.index(${target}, ${emitter.value(node.index, site)})`;
    }
    case "slice": {
      const bound = (part: Node | undefined): string => (part === undefined ? "null" : emitter.value(part, site));
      return `${rt}.slice(${emitter.value(node.target, site)}, ${bound(node.from)}, ${bound(node.to)})`;
    }
    case "string": {
      const pieces = node.parts.map((part) =>
        typeof part === "string"
          ? JSON.stringify(part)
          : `${rt}.format(${JSON.stringify(node.format ?? "text")}, ${emitter.value(part, site)})`,
      );
      return `(${pieces.join(" + ")})`;
    }
    case "format":
      return `${rt}.format(${JSON.stringify(node.name)}, ${inputOf(site)})`;
    case "array":
      return array(emitter, node, site);
    case "object":
      return object(emitter, node, site);
    case "negate":
      return `${rt}.negate(${emitter.value(node.body, site)})`;
    case "pipe":
      return piped(emitter, node.left, site, (inner) => emitter.value(node.right, inner));
    case "arithmetic":
      return rightFirst(
        emitter,
        node,
        site,
        (left, right) => `${rt}.${OPERATIONS.get(node.operator)}(${left}, ${right})`,
      );
    case "compare":
    case "logic":
      return emitter.condition(node, site);
    case "alternative":
      return alternative(emitter, node, site);
    case "assign":
      if (node.operator === "|=") return assignment(emitter, node, site, "");
      return hold(emitter, emitter.value(node.right, site), site, (right) => assignment(emitter, node, site, right));
    case "if": {
      const otherwise = node.alternate ?? ({ kind: "identity", at: node.at } as const);
      return `(${emitter.condition(node.condition, site)} ? ${emitter.value(node.consequent, site)} : ${emitter.value(otherwise, site)})`;
    }
    case "reduce": {
      const body = emitter.lambda("", site, (inner) =>
        emitReduce(emitter, node, inner, emitter.value(node.init, inner), (state) => `return ${state};\n`),
      );
      return `(${body})()`;
    }
    case "bind": {
      const [pattern] = node.patterns;
      if (pattern?.kind !== "variable") break;
      return hold(emitter, emitter.value(node.source, site), site, (js) =>
        emitter.value(node.body, withEnv(site, bind(site.env, { kind: "variable", name: pattern.name, js }))),
      );
    }
    case "define": {
      const { definition } = node;
      const key = keyOf(definition.name, definition.params.length);
      return emitter.value(node.body, withEnv(site, bind(site.env, { kind: "inline", key, definition })));
    }
    case "call":
      return call(emitter, node, site);
    default:
      break;
  }
  throw emitter.fail(node, `this cannot be a single value (${node.kind})`);
}

/** Emits a JavaScript expression that is true when the single result is neither false nor null. */
export function emitCondition(emitter: Emitter, node: Node, site: Site): string {
  const { rt } = emitter;
  switch (node.kind) {
    case "compare":
      return comparison(emitter, node, site);
    case "logic": {
      const operator = node.operator === "and" ? "&&" : "||";
      return `(${emitter.condition(node.left, site)} ${operator} ${emitter.condition(node.right, site)})`;
    }
    case "pipe":
      return piped(emitter, node.left, site, (inner) => emitter.condition(node.right, inner));
    case "call":
      if (keyOf(node.name, node.args.length) === "not/0" && resolve(emitter, node, site.env).kind === "native") {
        return `!${rt}.isTruthy(${inputOf(site)})`;
      }
      return `${rt}.isTruthy(${emitter.value(node, site)})`;
    default:
      return `${rt}.isTruthy(${emitter.value(node, site)})`;
  }
}

/** `left | right` where the left has one result. In field mode the record may pass through `.` and `not`-like tests. */
function piped(emitter: Emitter, left: Node, site: Site, right: (inner: Site) => string): string {
  if (left.kind === "identity") return right(site);
  return hold(emitter, emitter.value(left, site), site, (value) => right(withInput(site, value)));
}

/** An expression that uses `value` several times: `(t = value, body)`. */
function hold(emitter: Emitter, value: string, site: Site, body: (variable: string) => string): string {
  if (isName(value)) return body(value);
  const variable = temporary(emitter, site);
  return `(${variable} = ${value}, ${body(variable)})`;
}

function variable(emitter: Emitter, node: Node & { readonly kind: "variable" }, site: Site): string {
  const { rt } = emitter;
  const js = findVariable(site.env, node.name);
  if (js !== undefined) return js;
  if (node.name === "ENV") return `${rt}.environment()`;
  throw emitter.fail(
    node,
    `$${node.name} is not defined here; pass it with --arg ${node.name} VALUE, or bind it with 'as'`,
  );
}

function array(emitter: Emitter, node: Node & { readonly kind: "array" }, site: Site): string {
  const { rt } = emitter;
  if (node.body === undefined) return "[]";
  const elements = commaParts(node.body);
  if (elements.every((element) => emitter.isSingle(element, site.env))) {
    return `[${elements.map((element) => emitter.value(element, site)).join(", ")}]`;
  }
  const { body } = node;
  const list = emitter.name("list");
  const fill = emitter.lambda(
    list,
    site,
    (inner) =>
      `${emitter.each(body, inner, (value) => `if ((${list}.push(${value}) & ${ROUND}) === 0) ${rt}.collecting(${list});\n`)}return ${list};\n`,
  );
  return `(${fill})([])`;
}

/** After this many elements more (and 1) it is looked at how much room there is. */
const ROUND = 0xfff;

/** The parts of a list, which is nested to the left. */
function commaParts(node: Node): readonly Node[] {
  const parts: Node[] = [];
  let rest = node;
  for (; rest.kind === "comma"; rest = rest.left) parts.push(rest.right);
  return [rest, ...parts.toReversed()];
}

function object(emitter: Emitter, node: Node & { readonly kind: "object" }, site: Site): string {
  const { rt } = emitter;
  const keys = node.entries.map((entry) => constantKey(entry.key));
  const values = (): string[] => node.entries.map((entry) => emitter.value(entry.value, site));
  if (keys.every((key) => key !== undefined)) {
    const parts = values().map((value, at) => `[${JSON.stringify(internalKey(keys[at]!))}]: ${value}`);
    return `({ ${parts.map((part) => part.replace(SIMPLE_KEY, "$1:")).join(", ")} })`;
  }
  const parts = node.entries.map((entry) => `${emitter.value(entry.key, site)}, ${emitter.value(entry.value, site)}`);
  return `${rt}.object(${parts.join(", ")})`;
}

/** Computed keys are only needed where a plain one would mean something else (`__proto__`). */
const SIMPLE_KEY = /^\[("(?!__proto__")(?:[^"\\]|\\.)*")\]:/;

/** `left // right`. An error of the left is no missing value: it goes on, as in jq. */
function alternative(emitter: Emitter, node: Node & { readonly kind: "alternative" }, site: Site): string {
  const { rt } = emitter;
  const left = emitter.value(node.left, site);
  const right = emitter.value(node.right, site);
  const value = temporary(emitter, site);
  return `(${rt}.isTruthy(${value} = ${left}) ? ${value} : ${right})`;
}

/** Numbers first: most comparisons are of a number with a constant, and need no call. */
function comparison(emitter: Emitter, node: Node & { readonly kind: "compare" }, site: Site): string {
  const { rt } = emitter;
  const operation = OPERATIONS.get(node.operator);
  const right = node.right.kind === "number" ? operand(emitter, node.right, site) : "";
  if (!isPlainNumber(right)) return rightFirst(emitter, node, site, (a, b) => `${rt}.${operation}(${a}, ${b})`);
  const left = operand(emitter, node.left, site);
  return hold(emitter, left, site, (value) => {
    return `(typeof ${value} === "number" ? ${ON_DOUBLES.get(node.operator)!.replace("a", value).replace("b", right)} : ${rt}.${operation}(${value}, ${right}))`;
  });
}

/** Comparisons of doubles as jq has them: NaN is less than every number. */
const ON_DOUBLES: ReadonlyMap<string, string> = new Map([
  ["==", "a === b"],
  ["!=", "a !== b"],
  ["<", "!(a >= b)"],
  ["<=", "!(a > b)"],
  [">", "a > b"],
  [">=", "a >= b"],
]);

/** The operands of an operator. jq calculates the right one first, which shows when both fail. */
function rightFirst(
  emitter: Emitter,
  node: Node & { readonly kind: "arithmetic" | "compare" },
  site: Site,
  combined: (left: string, right: string) => string,
): string {
  const right = operand(emitter, node.right, site);
  if (CANNOT_FAIL.has(node.right.kind) || CANNOT_FAIL.has(node.left.kind) || isName(right)) {
    return combined(operand(emitter, node.left, site), right);
  }
  const held = temporary(emitter, site);
  return `(${held} = ${right}, ${combined(operand(emitter, node.left, site), held)})`;
}

const CANNOT_FAIL: ReadonlySet<Node["kind"]> = new Set(["identity", "literal", "number", "variable"]);

/** A number literal where only its value counts, not its text: as a double if that is exact. */
function operand(emitter: Emitter, node: Node, site: Site): string {
  if (node.kind !== "number") return emitter.value(node, site);
  const double = Number(node.text);
  const isExact = Math.abs(double) <= Number.MAX_SAFE_INTEGER || !/^\d+$/.test(node.text);
  return isExact && Number.isFinite(double) ? String(double) : emitter.value(node, site);
}

function isPlainNumber(expression: string): boolean {
  return /^[\d.]+(?:e[+-]?\d+)?$/.test(expression);
}

function call(emitter: Emitter, node: Node & { readonly kind: "call" }, site: Site): string {
  const { rt } = emitter;
  const target = resolve(emitter, node, site.env);
  switch (target.kind) {
    case "special": {
      const [message] = node.args;
      return `${rt}.raise(${message === undefined ? inputOf(site) : emitter.value(message, site)})`;
    }
    case "native":
      return nativeCall(
        rt,
        target.key,
        site,
        node.args.map((arg) => emitter.value(arg, site)),
      );
    case "argument":
      return emitter.value(target.node, withEnv(site, target.env));
    case "inline": {
      const { definition } = target;
      const held: string[] = [];
      const inner = definition.params.reduce<Env | undefined>((env, param, at) => {
        const arg = node.args[at]!;
        if (!param.startsWith("$"))
          return bind(env, { kind: "argument", key: keyOf(param, 0), node: arg, env: site.env });
        const js = temporary(emitter, site);
        held.push(`${js} = ${emitter.value(arg, site)}, `);
        return withValueParameter(env, param.slice(1), js, arg);
      }, target.env);
      return `(${held.join("")}${emitter.value(definition.body, withEnv(site, inner))})`;
    }
    default:
      throw emitter.fail(node, `${node.name} has any number of results`);
  }
}
