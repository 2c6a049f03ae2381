import type { Node } from "../language/ast.ts";
import { internalKey } from "../value/object-key.ts";
import { assignment } from "./assignments.ts";
import { emitCall } from "./calls.ts";
import {
  type Continue,
  type Emitter,
  inputOf,
  once,
  resultLambda,
  type Site,
  withEnv,
  withInput,
  withoutTail,
} from "./emitter.ts";
import { bindFirstPattern, bindPattern } from "./patterns.ts";
import { defineFunction } from "./functions.ts";
import { emitForeach, emitReduce } from "./loops.ts";
import { OPERATIONS } from "./operations.ts";
import { bind, findLabel } from "./scope.ts";

/** Emits statements that run `then` for each result of the expression, in jq's order. */
export function emitEach(emitter: Emitter, node: Node, given: Site, then: Continue): string {
  if (given.tail !== undefined && KEEPS_TAIL.has(node.kind)) return emitLast(emitter, node, given, then);
  const { rt } = emitter;
  const site = withoutTail(given);
  if (emitter.isSingle(node, site.env)) return then(emitter.value(node, site));
  switch (node.kind) {
    case "recurse":
      return `${rt}.recurse(${inputOf(site)}, ${resultLambda(emitter, site, (value) => `${rt}.element();\n${then(value)}`)});\n`;
    case "field":
      return emitter.each(node.target, site, (target) =>
        then(`${rt}.field(${target}, ${JSON.stringify(internalKey(node.name))})`),
      );
    case "index":
      return emitter.each(node.index, site, (index) =>
        once(emitter, index, (i) => emitter.each(node.target, site, (target) => then(`${rt}.index(${target}, ${i})`))),
      );
    case "slice":
      return eachOptional(emitter, node.from, site, (from) =>
        eachOptional(emitter, node.to, site, (to) =>
          emitter.each(node.target, site, (target) => then(`${rt}.slice(${target}, ${from}, ${to})`)),
        ),
      );
    case "iterate":
      return emitter.each(node.target, site, (target) => {
        const element = emitter.name("e");
        return `for (const ${element} of ${rt}.elements(${target})) {\n${rt}.element();\n${then(element)}}\n`;
      });
    case "string":
      return eachPart(
        emitter,
        node.parts,
        node.parts.length - 1,
        site,
        (pieces) => then(`(${pieces.join(" + ")})`),
        node.format,
      );
    case "object":
      return eachEntry(emitter, node, site, then);
    case "negate":
      return emitter.each(node.body, site, (value) => then(`${rt}.negate(${value})`));
    case "pipe":
      return emitter.each(node.left, site, (left) =>
        once(emitter, left, (input) => emitter.each(node.right, withInput(site, input), then)),
      );
    case "comma":
      return shared(
        emitter,
        site,
        (value) => `${rt}.element();\n${then(value)}`,
        (again) => emitter.each(node.left, site, again) + emitter.each(node.right, site, again),
      );
    case "arithmetic":
    case "compare": {
      const operation = OPERATIONS.get(node.operator)!;
      return emitter.each(node.right, site, (right) =>
        once(emitter, right, (r) => emitter.each(node.left, site, (left) => then(`${rt}.${operation}(${left}, ${r})`))),
      );
    }
    case "logic":
      return eachLogic(emitter, node, site, then);
    case "alternative":
      return eachAlternative(emitter, node.left, node.right, site, then);
    case "assign":
      return emitter.each(node.right, site, (right) =>
        once(emitter, right, (r) => then(assignment(emitter, node, site, r))),
      );
    case "if":
      return shared(emitter, site, then, (again) =>
        emitter.each(node.condition, site, (condition) => {
          const otherwise =
            node.alternate === undefined ? again(inputOf(site)) : emitter.each(node.alternate, site, again);
          return `if (${rt}.isTruthy(${condition})) {\n${emitter.each(node.consequent, site, again)}} else {\n${otherwise}}\n`;
        }),
      );
    case "try":
      return eachTry(emitter, node, site, then);
    case "reduce":
      return emitter.each(node.init, site, (init) => emitReduce(emitter, node, site, init, then));
    case "foreach":
      return emitter.each(node.init, site, (init) => emitForeach(emitter, node, site, init, then));
    case "bind":
      return emitter.each(node.source, site, (source) =>
        once(emitter, source, (value) =>
          node.patterns.length === 1
            ? bindPattern(emitter, node.patterns[0]!, value, site, (env) =>
                emitter.each(node.body, withEnv(site, env), then),
              )
            : shared(emitter, site, then, (again) =>
                bindFirstPattern(emitter, node, value, site, (env, isLast) =>
                  emitter.each(
                    node.body,
                    withEnv(site, env),
                    isLast ? again : (result) => outside(emitter, result, again),
                  ),
                ),
              ),
        ),
      );
    case "define": {
      const { code, env } = defineFunction(emitter, node, site);
      return code + emitter.each(node.body, withEnv(site, env), then);
    }
    case "call":
      return emitCall(emitter, node, site, then);
    case "label": {
      const label = emitter.name("label");
      const inner = withEnv(site, bind(site.env, { kind: "label", name: node.name, js: label }));
      const body = emitter.each(node.body, inner, then);
      return `const ${label} = ${rt}.newLabel();\ntry {\n${body}} catch (e) { if (e !== ${label}) throw e; }\n`;
    }
    case "break":
      return `throw ${breakTarget(emitter, node, site)};\n`;
    default:
      return then(emitter.value(node, site));
  }
}

/**
 * The same where nothing follows in a recursive function, for expressions that end with a part of theirs: what calls the
 * function there can jump. `then` only passes the result on, so it may be emitted several times.
 */
function emitLast(emitter: Emitter, node: Node, site: Site, then: Continue): string {
  const before = withoutTail(site);
  switch (node.kind) {
    case "pipe": {
      if (emitter.isSingle(node.left, site.env)) {
        return once(emitter, emitter.value(node.left, before), (input) =>
          emitter.each(node.right, withInput(site, input), then),
        );
      }
      if (!emitter.isOptional(node.left, site.env)) break;
      const result = emitter.name("last");
      const left = emitter.each(node.left, before, (value) => `${result} = ${value};\n`);
      const right = emitter.each(node.right, withInput(site, result), then);
      return `let ${result};\n${left}if (${result} !== undefined) {\n${right}}\n`;
    }
    case "comma":
      return emitter.each(node.left, before, then) + emitter.each(node.right, site, then);
    case "if": {
      if (!emitter.isSingle(node.condition, site.env)) break;
      const otherwise = node.alternate ?? ({ kind: "identity", at: node.at } as const);
      return `if (${emitter.condition(node.condition, before)}) {\n${emitter.each(node.consequent, site, then)}} else {\n${emitter.each(otherwise, site, then)}}\n`;
    }
    case "bind": {
      const [pattern, second] = node.patterns;
      if (pattern?.kind !== "variable" || second !== undefined || !emitter.isSingle(node.source, site.env)) break;
      return bindPattern(emitter, pattern, emitter.value(node.source, before), site, (env) =>
        emitter.each(node.body, withEnv(site, env), then),
      );
    }
    case "define": {
      const { code, env } = defineFunction(emitter, node, before);
      return code + emitter.each(node.body, withEnv(site, env), then);
    }
    case "call":
      return emitCall(emitter, node, site, then);
    default:
      break;
  }
  return emitter.each(node, before, then);
}

const KEEPS_TAIL: ReadonlySet<Node["kind"]> = new Set(["pipe", "comma", "if", "bind", "define", "call"]);

export function breakTarget(emitter: Emitter, node: Node & { readonly kind: "break" }, site: Site): string {
  const label = findLabel(site.env, node.name);
  if (label === undefined) throw emitter.fail(node, `there is no label $${node.name} here to break to`);
  return label;
}

/** Emits code that uses `then` in several places without repeating what it emits. */
function shared(emitter: Emitter, site: Site, then: Continue, body: (again: Continue) => string): string {
  const k = emitter.name("k");
  return `const ${k} = ${resultLambda(emitter, site, then)};\n${body((value) => `${k}(${value});\n`)}`;
}

function eachOptional(emitter: Emitter, node: Node | undefined, site: Site, then: Continue): string {
  if (node === undefined) return then("null");
  return emitter.each(node, site, (value) => once(emitter, value, then));
}

function eachPart(
  emitter: Emitter,
  parts: readonly (string | Node)[],
  at: number,
  site: Site,
  then: (pieces: readonly string[]) => string,
  format: string | undefined,
): string {
  const { rt } = emitter;
  if (at < 0) return then([]);
  const part = parts[at]!;
  if (typeof part === "string") {
    return eachPart(emitter, parts, at - 1, site, (before) => then([...before, JSON.stringify(part)]), format);
  }
  return emitter.each(part, site, (value) =>
    once(emitter, `${rt}.format(${JSON.stringify(format ?? "text")}, ${value})`, (piece) =>
      eachPart(emitter, parts, at - 1, site, (before) => then([...before, piece]), format),
    ),
  );
}

function eachEntry(emitter: Emitter, node: Node & { readonly kind: "object" }, site: Site, then: Continue): string {
  const { rt } = emitter;
  const from = (at: number, made: readonly string[]): string => {
    const entry = node.entries[at];
    if (entry === undefined) return then(`${rt}.object(${made.join(", ")})`);
    return emitter.each(entry.key, site, (key) =>
      once(emitter, key, (k) =>
        emitter.each(entry.value, site, (value) => once(emitter, value, (v) => from(at + 1, [...made, k, v]))),
      ),
    );
  };
  return from(0, []);
}

function eachLogic(emitter: Emitter, node: Node & { readonly kind: "logic" }, site: Site, then: Continue): string {
  const { rt } = emitter;
  const decided = node.operator === "and" ? "false" : "true";
  return shared(emitter, site, then, (again) =>
    emitter.each(node.left, site, (left) => {
      const right = emitter.each(node.right, site, (value) => again(`${rt}.isTruthy(${value})`));
      return `if (${rt}.isTruthy(${left}) === ${decided}) {\n${again(decided)}} else {\n${right}}\n`;
    }),
  );
}

function eachAlternative(emitter: Emitter, left: Node, right: Node, site: Site, then: Continue): string {
  const { rt } = emitter;
  const found = emitter.name("found");
  return shared(emitter, site, then, (again) => {
    const first = emitter.each(left, site, (value) =>
      once(emitter, value, (v) => `if (${rt}.isTruthy(${v})) { ${found} = true;\n${again(v)}}\n`),
    );
    const second = emitter.each(right, site, again);
    return `let ${found} = false;\n${first}if (!${found}) {\n${second}}\n`;
  });
}

/** `try`: an error of the body goes to the handler; an error of what follows, which runs inside the body, must not. */
function eachTry(emitter: Emitter, node: Node & { readonly kind: "try" }, site: Site, then: Continue): string {
  const { rt } = emitter;
  return shared(emitter, site, then, (again) => {
    const error = emitter.name("error");
    const handler = node.handler === undefined ? "" : emitter.each(node.handler, withInput(site, error), again);
    const body = emitter.each(node.body, site, (value) => outside(emitter, value, again));
    return `try {\n${body}} catch (e) { const ${error} = ${rt}.caught(e);\n${handler}}\n`;
  });
}

/** What follows a result of a `try` body: the result itself still belongs to the body. */
function outside(emitter: Emitter, value: string, then: Continue): string {
  const { rt } = emitter;
  const held = emitter.name("v");
  return `{ const ${held} = ${value}; ${rt}.outside(() => {\n${then(held)}}); }\n`;
}
