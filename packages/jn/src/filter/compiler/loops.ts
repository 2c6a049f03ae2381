import type { Node } from "../language/ast.ts";
import { type Continue, type Emitter, once, type Site, withEnv, withInput } from "./emitter.ts";
import { changesInPlace, ownedUpdate } from "./owned-updates.ts";
import { bindPattern } from "./patterns.ts";

/** Statements for `reduce`, once its start value is known. */
export function emitReduce(
  emitter: Emitter,
  node: Node & { readonly kind: "reduce" },
  site: Site,
  init: string,
  then: Continue,
): string {
  const state = emitter.name("state");
  const own = emitter.name("own");
  let owns = false;
  const loop = emitter.each(node.source, site, (source) =>
    once(emitter, source, (value) =>
      bindPattern(emitter, node.pattern, value, site, (env) => {
        const inner = withInput(withEnv(site, env), state);
        if (changesInPlace(emitter, node.update, inner)) {
          owns = true;
          return `${state} = ${ownedUpdate(emitter, node.update, own, inner)};\n`;
        }
        if (emitter.isSingle(node.update, env)) return `${state} = ${emitter.value(node.update, inner)};\n`;
        const last = emitter.name("last");
        const update = emitter.each(node.update, inner, (result) => `${last} = ${result};\n`);
        return `let ${last} = null;\n${update}${state} = ${last};\n`;
      }),
    ),
  );
  const owning = owns ? `const ${own} = ${emitter.rt}.owning();\n` : "";
  return `${owning}let ${state} = ${init};\n${loop}${then(state)}`;
}

/** Statements for `foreach`. */
export function emitForeach(
  emitter: Emitter,
  node: Node & { readonly kind: "foreach" },
  site: Site,
  init: string,
  then: Continue,
): string {
  const state = emitter.name("state");
  const own = emitter.name("own");
  let owns = false;
  const loop = emitter.each(node.source, site, (source) =>
    once(emitter, source, (value) =>
      bindPattern(emitter, node.pattern, value, site, (env) => {
        const changing = withInput(withEnv(site, env), state);
        if (
          node.extract !== undefined &&
          emitter.isOptional(node.extract, env) &&
          changesInPlace(emitter, node.update, changing)
        ) {
          owns = true;
          const update = `${state} = ${ownedUpdate(emitter, node.update, own, changing)};\n`;
          return update + emitter.each(node.extract, changing, (value) => then(`${own}.released(${value})`));
        }
        // Each result of the update starts from the same state, whatever the results before it set.
        const before = emitter.name("before");
        const inner = withInput(withEnv(site, env), before);
        const update = emitter.each(node.update, inner, (result) => {
          const current = emitter.name("v");
          const extract =
            node.extract === undefined ? then(current) : emitter.each(node.extract, withInput(inner, current), then);
          return `const ${current} = ${state} = ${result};\n${extract}`;
        });
        return `const ${before} = ${state};\n${emitter.isSingle(node.update, env) ? "" : `${state} = null;\n`}${update}`;
      }),
    ),
  );
  const owning = owns ? `const ${own} = ${emitter.rt}.owning();\n` : "";
  return `${owning}let ${state} = ${init};\n${loop}`;
}
