import type { Node } from "../language/ast.ts";
import { type Emitter, type Site, withEnv, withInput } from "./emitter.ts";
import { isRecursive } from "./recursion.ts";
import { bind, type Env, keyOf } from "./scope.ts";

/** Makes a function known: inlined where it is called, or, when it calls itself, as JavaScript functions. */
export function defineFunction(
  emitter: Emitter,
  node: { readonly definition: (Node & { readonly kind: "define" })["definition"] },
  site: Site,
): { readonly code: string; readonly env: Env } {
  const { definition } = node;
  const key = keyOf(definition.name, definition.params.length);
  if (!isRecursive(definition)) return { code: "", env: bind(site.env, { kind: "inline", key, definition }) };
  const js = emitter.name("f");
  const env = bind(site.env, { kind: "function", key, definition, js });
  const names = definition.params.map(() => emitter.name("p"));
  const inner = definition.params.reduce<Env>((outer, param, at) => {
    if (!param.startsWith("$")) return bind(outer, { kind: "closure", key: keyOf(param, 0), js: names[at]! });
    const name = param.slice(1);
    const bound = bind(outer, { kind: "variable", name, js: names[at]! });
    return bind(bound, {
      kind: "argument",
      key: keyOf(name, 0),
      node: { kind: "variable", at: definition.at, name },
      env: bound,
    });
  }, env);
  const [input, path, k] = [emitter.name("input"), emitter.name("path"), emitter.name("k")];
  const bodySite = withInput(withEnv(site, inner), input);
  const each = emitter.lambda([`${input}0`, k, ...names.map((name) => `${name}0`)].join(", "), bodySite, (at) => {
    // Each round has variables of its own, for what is made in it may refer to them.
    const rounds = [input, ...names];
    const next = rounds.map((name) => `${name}0`);
    const body = emitter.each(
      definition.body,
      { ...at, tail: { js, next, params: names } },
      (value) => `${k}(${value});\n`,
    );
    return `for (;;) {\n${emitter.rt}.again();\nconst ${rounds.map((name, index) => `${name} = ${next[index]}`).join(", ")};\n${body}return;\n}\n`;
  });
  const paths = emitter.lambda(
    [path, input, k, ...names].join(", "),
    bodySite,
    (at) =>
      `${emitter.rt}.again();\n${emitter.paths(definition.body, path, at, (p, value) => `${k}(${p}, ${value});\n`)}`,
  );
  return { code: `const ${js} = { each: ${each}, paths: ${paths} };\n`, env };
}
