import type { Definition, Node } from "../language/ast.ts";
import type { LoadedImport } from "../modules/module-loader.ts";
import type { Value } from "../value/value.ts";
import { isRecursive } from "./recursion.ts";
import { bind, type Env, keyOf } from "./scope.ts";

/** The environment with what modules export, under the names that the importer chose. */
export function importedEnv(
  outer: Env | undefined,
  imports: readonly LoadedImport[],
  constant: (value: Value) => string,
): Env | undefined {
  return imports.reduce((env, imported) => {
    if (imported.kind === "data") {
      const js = constant(imported.value);
      const named = bind(env, { kind: "variable", name: imported.name, js });
      return bind(named, { kind: "variable", name: `${imported.name}::${imported.name}`, js });
    }
    const prefix = imported.alias === undefined ? "" : `${imported.alias}::`;
    let home = importedEnv(undefined, imported.module.imports, constant);
    let result = env;
    for (const written of imported.module.definitions) {
      const definition = selfContained(written);
      const key = keyOf(definition.name, definition.params.length);
      home = bind(home, { kind: "inline", key, definition });
      result = bind(result, { kind: "inline", key: prefix + key, definition, home });
    }
    return result;
  }, outer);
}

/** A function that is inlined must not call itself: one that does goes into another one of the same name. */
function selfContained(definition: Definition): Definition {
  if (!isRecursive(definition)) return definition;
  const { at, name, params } = definition;
  const args = params.map((param): Node => {
    return param.startsWith("$")
      ? { kind: "variable", at, name: param.slice(1) }
      : { kind: "call", at, name: param, args: [] };
  });
  return { at, name, params, body: { kind: "define", at, definition, body: { kind: "call", at, name, args } } };
}
