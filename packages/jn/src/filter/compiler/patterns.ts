import type { Node, Pattern } from "../language/ast.ts";
import { patternVariables } from "../language/walk.ts";
import { type Emitter, once, type Site, withEnv } from "./emitter.ts";
import { bind, type Env, findVariable } from "./scope.ts";

/** Binds a pattern's variables to parts of `value`; several keys in a pattern can bind it several times. */
export function bindPattern(
  emitter: Emitter,
  pattern: Pattern,
  value: string,
  site: Site,
  then: (env: Env | undefined) => string,
): string {
  const { rt } = emitter;
  if (pattern.kind === "variable") {
    const js = emitter.name("x");
    return `const ${js} = ${value};\n${then(bind(site.env, { kind: "variable", name: pattern.name, js }))}`;
  }
  if (pattern.kind === "array") {
    const bindFrom = (at: number, env: Env | undefined, known: ReadonlyMap<string, string>): string => {
      const element = pattern.elements[at];
      if (element === undefined) return then(withVariables(env, known));
      return once(emitter, `${rt}.elementOf(${value}, ${at})`, (part) =>
        bindPattern(emitter, element, part, withEnv(site, env), (next) => {
          const own = patternVariables(element).map((name) => [name, findVariable(next, name)!] as const);
          return bindFrom(at - 1, next, new Map([...own, ...known]));
        }),
      );
    };
    // The last one first, as jq does it; and of a name that occurs twice the last one counts.
    return bindFrom(pattern.elements.length - 1, site.env, new Map());
  }
  const bindFrom = (at: number, env: Env | undefined): string => {
    const entry = pattern.entries[at];
    if (entry === undefined) return then(env);
    return emitter.each(entry.key, withEnv(site, env), (key) =>
      once(emitter, `${rt}.memberOf(${value}, ${key})`, (part) => {
        const named =
          entry.variable === undefined ? env : bind(env, { kind: "variable", name: entry.variable, js: part });
        if (entry.value === undefined) return bindFrom(at + 1, named);
        return bindPattern(emitter, entry.value, part, withEnv(site, named), (next) => bindFrom(at + 1, next));
      }),
    );
  };
  return bindFrom(0, site.env);
}

function withVariables(env: Env | undefined, variables: ReadonlyMap<string, string>): Env | undefined {
  return [...variables].reduce(
    (outer, [name, js]) => (findVariable(outer, name) === js ? outer : bind(outer, { kind: "variable", name, js })),
    env,
  );
}

/**
 * `source as P1 ?// P2 | body`: the next pattern is tried when binding one, or the body with it, fails.
 *
 * @param body is told whether its pattern is the last: what follows an earlier one must run `rt.outside` of it
 */
export function bindFirstPattern(
  emitter: Emitter,
  node: Node & { readonly kind: "bind" },
  value: string,
  site: Site,
  body: (env: Env | undefined, isLast: boolean) => string,
): string {
  const { rt } = emitter;
  const variables = new Set(node.patterns.flatMap(patternVariables));
  const unbound = [...variables].reduce<Env | undefined>(
    (env, name) => bind(env, { kind: "variable", name, js: "null" }),
    site.env,
  );
  return node.patterns.reduceRight((next, pattern, at) => {
    const isLast = at === node.patterns.length - 1;
    const bound = bindPattern(emitter, pattern, value, withEnv(site, unbound), (env) => body(env, isLast));
    return isLast ? `{\n${bound}}\n` : `try {\n${bound}} catch (e) { ${rt}.caught(e);\n${next}}\n`;
  }, "");
}
