import { libraryFunction } from "../builtins/library.ts";
import type { Node } from "../language/ast.ts";
import { bindArguments, closures, resolve, withValues } from "./calls.ts";
import { type ContinuePath, type Emitter, inputOf, once, type Site, withEnv, withInput } from "./emitter.ts";
import { bind, keyOf } from "./scope.ts";
import { bindFirstPattern, bindPattern } from "./patterns.ts";
import { defineFunction } from "./functions.ts";
import { breakTarget } from "./streams.ts";

/**
 * Emits statements that run `then` for every path that the expression leads to, beside the value there.
 *
 * @param path a JavaScript expression: the path of the input, an array that is never changed
 */
export function emitPaths(emitter: Emitter, node: Node, path: string, site: Site, then: ContinuePath): string {
  const { rt } = emitter;
  /** The target's paths with one more step. */
  const step = (target: Node, key: string, value: (target: string) => string): string =>
    emitter.paths(target, path, site, (p, v) =>
      once(emitter, v, (held) => then(`${rt}.extend(${p}, ${key}, ${held})`, value(held))),
    );

  switch (node.kind) {
    case "identity":
      return then(path, inputOf(site));
    case "recurse":
      return `${rt}.recursePaths(${path}, ${inputOf(site)}, ${pathLambda(emitter, site, (p, v) => `${rt}.element();\n${then(p, v)}`)});\n`;
    case "field": {
      const key = emitter.constant(node.name);
      return step(node.target, key, (v) => `${rt}.index(${v}, ${key})`);
    }
    case "index":
      return emitter.each(node.index, site, (index) =>
        once(emitter, index, (i) => step(node.target, i, (v) => `${rt}.index(${v}, ${i})`)),
      );
    case "slice": {
      const bound = (part: Node | undefined, next: (js: string) => string): string =>
        part === undefined ? next("null") : emitter.each(part, site, (value) => once(emitter, value, next));
      return bound(node.from, (from) =>
        bound(node.to, (to) =>
          step(node.target, `{ start: ${from}, end: ${to} }`, (v) => `${rt}.slice(${v}, ${from}, ${to})`),
        ),
      );
    }
    case "iterate":
      return emitter.paths(node.target, path, site, (p, v) =>
        once(emitter, v, (value) =>
          once(emitter, `${rt}.iterable(${p}, ${value})`, (outer) => {
            const key = emitter.name("key");
            return `for (const ${key} of ${rt}.elementKeys(${value})) {\n${rt}.element();\n${then(`${rt}.extend(${outer}, ${key}, null)`, `${rt}.index(${value}, ${key})`)}}\n`;
          }),
        ),
      );
    case "pipe":
      return emitter.paths(node.left, path, site, (p, v) =>
        once(emitter, p, (outer) =>
          once(emitter, v, (value) => emitter.paths(node.right, outer, withInput(site, value), then)),
        ),
      );
    case "comma":
      return sharedPaths(
        emitter,
        site,
        (p, v) => `${rt}.element();\n${then(p, v)}`,
        (again) => emitter.paths(node.left, path, site, again) + emitter.paths(node.right, path, site, again),
      );
    case "if":
      return sharedPaths(emitter, site, then, (again) =>
        emitter.each(node.condition, site, (condition) => {
          const otherwise =
            node.alternate === undefined
              ? again(path, inputOf(site))
              : emitter.paths(node.alternate, path, site, again);
          return `if (${rt}.isTruthy(${condition})) {\n${emitter.paths(node.consequent, path, site, again)}} else {\n${otherwise}}\n`;
        }),
      );
    case "alternative":
      return sharedPaths(emitter, site, then, (again) => {
        const found = emitter.name("found");
        const first = emitter.paths(node.left, path, site, (p, v) =>
          once(emitter, v, (value) => `if (${rt}.isTruthy(${value})) { ${found} = true;\n${again(p, value)}}\n`),
        );
        const second = emitter.paths(node.right, path, site, again);
        return `let ${found} = false;\n${first}if (!${found}) {\n${second}}\n`;
      });
    case "try":
      return sharedPaths(emitter, site, then, (again) => {
        const error = emitter.name("error");
        const handler =
          node.handler === undefined ? "" : emitter.paths(node.handler, "null", withInput(site, error), again);
        const body = emitter.paths(node.body, path, site, (p, v) => outsidePaths(emitter, p, v, again));
        return `try {\n${body}} catch (e) { const ${error} = ${rt}.caught(e);\n${handler}}\n`;
      });
    case "reduce":
    case "foreach":
      return loopPaths(emitter, node, path, site, then);
    case "bind":
      return emitter.each(node.source, site, (source) =>
        once(emitter, source, (value) =>
          node.patterns.length === 1
            ? bindPattern(emitter, node.patterns[0]!, value, site, (env) =>
                emitter.paths(node.body, path, withEnv(site, env), then),
              )
            : sharedPaths(emitter, site, then, (again) =>
                bindFirstPattern(emitter, node, value, site, (env, isLast) =>
                  emitter.paths(
                    node.body,
                    path,
                    withEnv(site, env),
                    isLast ? again : (p, v) => outsidePaths(emitter, p, v, again),
                  ),
                ),
              ),
        ),
      );
    case "define": {
      const { code, env } = defineFunction(emitter, node, site);
      return code + emitter.paths(node.body, path, withEnv(site, env), then);
    }
    case "label": {
      const label = emitter.name("label");
      const inner = withEnv(site, bind(site.env, { kind: "label", name: node.name, js: label }));
      const body = emitter.paths(node.body, path, inner, then);
      return `const ${label} = ${rt}.newLabel();\ntry {\n${body}} catch (e) { if (e !== ${label}) throw e; }\n`;
    }
    case "break":
      return `throw ${breakTarget(emitter, node, site)};\n`;
    case "call":
      return callPaths(emitter, node, path, site, then);
    default:
      return emitter.each(node, site, (value) => then("null", value));
  }
}

function callPaths(
  emitter: Emitter,
  node: Node & { readonly kind: "call" },
  path: string,
  site: Site,
  then: ContinuePath,
): string {
  const { rt } = emitter;
  const target = resolve(emitter, node, site.env);
  switch (target.kind) {
    case "special":
    case "native": {
      const key = keyOf(node.name, node.args.length);
      if (key === "getpath/1") {
        return emitter.each(node.args[0]!, site, (value) =>
          once(emitter, value, (to) =>
            then(
              `${rt}.extendBy(${path}, ${to}, ${inputOf(site)})`,
              `${rt}.native["getpath/1"](${inputOf(site)}, ${to})`,
            ),
          ),
        );
      }
      if (key === "empty/0" || key.startsWith("error/")) return emitter.each(node, site, (value) => `${value};\n`);
      return emitter.each(node, site, (value) => then("null", value));
    }
    case "argument":
      return emitter.paths(target.node, path, withEnv(site, target.env), then);
    case "closure":
      return `${target.js}.paths(${path}, ${inputOf(site)}, ${pathLambda(emitter, site, then)});\n`;
    case "function":
      return withValues(emitter, target.definition, node.args, site, (values) => {
        const args = closures(emitter, target.definition, node.args, values, site);
        return `${target.js}.paths(${[path, inputOf(site), pathLambda(emitter, site, then), ...args].join(", ")});\n`;
      });
    case "inline":
      if (target.definition === libraryFunction("limit/2")) return limitPaths(emitter, node, path, site, then);
      return bindArguments(emitter, target.definition, node.args, site, target.env, (env) =>
        emitter.paths(target.definition.body, path, withEnv(site, env), then),
      );
  }
}

/** `limit` as paths: the definition in the library counts in a `foreach`, whose state is no path. */
function limitPaths(
  emitter: Emitter,
  node: Node & { readonly kind: "call" },
  path: string,
  site: Site,
  then: ContinuePath,
): string {
  const { rt } = emitter;
  const [most, source] = [node.args[0]!, node.args[1]!];
  const [left, label] = [emitter.name("left"), emitter.name("label")];
  return sharedPaths(emitter, site, then, (again) =>
    emitter.each(most, site, (count) => {
      const body = emitter.paths(source, path, site, (p, v) => `${again(p, v)}if (--${left} <= 0) throw ${label};\n`);
      return `{ let ${left} = ${rt}.limitOf(${count});\nconst ${label} = ${rt}.newLabel();\nif (${left} > 0) try {\n${body}} catch (e) { if (e !== ${label}) throw e; } }\n`;
    }),
  );
}

/** `reduce` and `foreach` as paths: the state is a path. */
function loopPaths(
  emitter: Emitter,
  node: Node & { readonly kind: "reduce" | "foreach" },
  path: string,
  site: Site,
  then: ContinuePath,
): string {
  const statePath = emitter.name("path");
  const state = emitter.name("state");
  return emitter.paths(node.init, path, site, (initPath, init) => {
    const loop = emitter.each(node.source, site, (source) =>
      once(emitter, source, (value) =>
        bindPattern(emitter, node.pattern, value, site, (env) => {
          // Each result of the update starts from the same state, whatever the results before it set.
          const [beforePath, before] = [emitter.name("path"), emitter.name("before")];
          const inner = withInput(withEnv(site, env), before);
          const update = emitter.paths(node.update, beforePath, inner, (p, v) => {
            const extract = (): string => {
              if (node.kind === "reduce") return "";
              if (node.extract === undefined) return then(statePath, state);
              const [heldPath, held] = [emitter.name("path"), emitter.name("state")];
              const extracted = emitter.paths(node.extract, heldPath, withInput(inner, held), then);
              return `const ${heldPath} = ${statePath}, ${held} = ${state};\n${extracted}`;
            };
            return `${statePath} = ${p};\n${state} = ${v};\n${extract()}`;
          });
          return `const ${beforePath} = ${statePath}, ${before} = ${state};\n${update}`;
        }),
      ),
    );
    const result = node.kind === "reduce" ? then(statePath, state) : "";
    return `let ${statePath} = ${initPath}, ${state} = ${init};\n${loop}${result}`;
  });
}

function sharedPaths(emitter: Emitter, site: Site, then: ContinuePath, body: (again: ContinuePath) => string): string {
  const k = emitter.name("k");
  return `const ${k} = ${pathLambda(emitter, site, then)};\n${body((path, value) => `${k}(${path}, ${value});\n`)}`;
}

/** What follows a result of a `try` body: the result itself still belongs to the body. */
function outsidePaths(emitter: Emitter, path: string, value: string, then: ContinuePath): string {
  const { rt } = emitter;
  const [heldPath, held] = [emitter.name("p"), emitter.name("v")];
  return `{ const ${heldPath} = ${path}, ${held} = ${value}; ${rt}.outside(() => {\n${then(heldPath, held)}}); }\n`;
}

/** A JavaScript function of one path and its value. */
function pathLambda(emitter: Emitter, site: Site, then: ContinuePath): string {
  const [path, value] = [emitter.name("p"), emitter.name("v")];
  return emitter.lambda(`${path}, ${value}`, site, () => then(path, value));
}
