import { libraryFunction, libraryNames } from "../builtins/library.ts";
import { HOST_BUILTINS } from "../builtins/host.ts";
import { isNative, nativeNames } from "../builtins/native.ts";
import { didYouMean } from "../../text/suggestion.ts";
import type { Definition, Node } from "../language/ast.ts";
import type { FilterSyntaxError } from "../language/syntax-error.ts";
import {
  type Continue,
  type Emitter,
  inputOf,
  once,
  resultLambda,
  ROOT,
  type Site,
  type Tail,
  withEnv,
  withInput,
  withoutTail,
} from "./emitter.ts";
import { bind, type Env, findFunction, type FunctionBinding, functionKeys, keyOf } from "./scope.ts";

type Call = Node & { readonly kind: "call" };

/** Emits a call that can have any number of results. */
export function emitCall(emitter: Emitter, node: Call, site: Site, then: Continue): string {
  const target = resolve(emitter, node, site.env);
  const { rt } = emitter;
  switch (target.kind) {
    case "special":
      return emitSpecial(emitter, node, site, then);
    case "native":
      return eachArgument(emitter, node.args, node.args.length - 1, site, (args) =>
        then(nativeCall(rt, target.key, site, args)),
      );
    case "argument":
      return emitter.each(target.node, withEnv(site, target.env), then);
    case "closure":
      return `${target.js}.each(${inputOf(site)}, ${resultLambda(emitter, site, then)});\n`;
    case "function":
      if (site.tail?.js === target.js) {
        const jump = jumpOf(emitter, node, target.definition, site, site.tail);
        if (jump !== undefined) return jump;
      }
      return withValues(emitter, target.definition, node.args, withoutTail(site), (values) => {
        const args = [
          inputOf(site),
          resultLambda(emitter, site, then),
          ...closures(emitter, target.definition, node.args, values, site),
        ];
        return `${target.js}.each(${args.join(", ")});\n`;
      });
    case "inline": {
      // Several values of an argument make a loop around the body.
      const { params, body } = target.definition;
      const isOnce = params.every((param, at) => !param.startsWith("$") || emitter.isSingle(node.args[at]!, site.env));
      const inner = isOnce ? site : withoutTail(site);
      return bindArguments(emitter, target.definition, node.args, site, target.env, (env) =>
        emitter.each(body, withEnv(inner, env), then),
      );
    }
  }
}

/** A call of a function to itself after which nothing follows: the next round, if its parameters can be simply set. */
function jumpOf(emitter: Emitter, node: Call, definition: Definition, site: Site, tail: Tail): string | undefined {
  const before = withoutTail(site);
  const values: string[] = [];
  for (const [at, param] of definition.params.entries()) {
    const arg = node.args[at]!;
    if (param.startsWith("$")) {
      if (!emitter.isSingle(arg, site.env)) return undefined;
      values.push(emitter.value(arg, before));
    } else {
      const same = arg.kind === "call" ? findFunction(site.env, keyOf(arg.name, arg.args.length))?.binding : undefined;
      if (same?.kind !== "closure" || same.js !== tail.params[at]) return undefined;
      values.push(same.js);
    }
  }
  // All values are calculated before any is set.
  const held = values.map(() => emitter.name("next"));
  const holds = held.map((name, at) => `const ${name} = ${values[at]};\n`).join("");
  const sets = held.map((name, at) => `${tail.next[at + 1]} = ${name};\n`).join("");
  return `${holds}${tail.next[0]} = ${inputOf(site)};\n${sets}continue;\n`;
}

/** The JavaScript expression of a builtin written in TypeScript, for arguments that are JavaScript expressions. */
export function nativeCall(rt: string, key: string, site: Site, args: readonly string[]): string {
  // In field mode, what does not look at its input can do without.
  const input = IGNORES_INPUT.has(key) && site.input === ROOT ? "null" : inputOf(site);
  if (HOST_BUILTINS.has(key))
    return `${rt}.hosted[${JSON.stringify(key)}](${[`${rt}.host`, input, ...args].join(", ")})`;
  return `${rt}.native[${JSON.stringify(key)}](${[input, ...args].join(", ")})`;
}

export type CallTarget =
  | { readonly kind: "special" }
  | { readonly kind: "native"; readonly key: string }
  | { readonly kind: "inline"; readonly definition: Definition; readonly env: Env | undefined }
  | Extract<FunctionBinding, { readonly kind: "argument" | "closure" | "function" }>;

/**
 * What a call means here.
 *
 * @throws FilterSyntaxError for a function that does not exist, with a suggestion
 */
export function resolve(emitter: Emitter, node: Call, env: Env | undefined): CallTarget {
  const key = keyOf(node.name, node.args.length);
  const found = findFunction(env, key);
  if (found !== undefined) {
    const { binding, at } = found;
    return binding.kind === "inline" ? { kind: "inline", definition: binding.definition, env: at } : binding;
  }
  if (SPECIAL.has(key)) return { kind: "special" };
  if (isNative(key) || HOST_BUILTINS.has(key)) return { kind: "native", key };
  const definition = libraryFunction(key);
  if (definition !== undefined) return { kind: "inline", definition, env: undefined };
  throw unknownFunction(emitter, node, env);
}

/** Binds the `$` parameters of an inlined function to each combination of their arguments' values. */
export function bindArguments(
  emitter: Emitter,
  definition: Definition,
  args: readonly Node[],
  site: Site,
  outer: Env | undefined,
  then: (env: Env | undefined) => string,
): string {
  const from = (at: number, env: Env | undefined): string => {
    const param = definition.params[at];
    if (param === undefined) return then(env);
    const arg = args[at]!;
    if (!param.startsWith("$"))
      return from(at + 1, bind(env, { kind: "argument", key: keyOf(param, 0), node: arg, env: site.env }));
    return emitter.each(arg, site, (value) =>
      once(emitter, value, (js) => from(at + 1, withValueParameter(env, param.slice(1), js, arg))),
    );
  };
  return from(0, outer);
}

/** A `$name` parameter is a variable, and a function without arguments too. */
export function withValueParameter(env: Env | undefined, name: string, js: string, place: Node): Env {
  const bound = bind(env, { kind: "variable", name, js });
  return bind(bound, {
    kind: "argument",
    key: keyOf(name, 0),
    node: { kind: "variable", at: place.at, name },
    env: bound,
  });
}

/** The arguments of a recursive function as JavaScript: values, and pairs of functions for closures. */
export function closures(
  emitter: Emitter,
  definition: Definition,
  args: readonly Node[],
  values: ReadonlyMap<string, string>,
  site: Site,
): string[] {
  return definition.params.map((param, at) => {
    const value = values.get(param);
    if (value !== undefined) return value;
    const arg = args[at]!;
    const [input, path, k] = [emitter.name("input"), emitter.name("path"), emitter.name("k")];
    const inner = withInput(site, input);
    const each = emitter.lambda(`${input}, ${k}`, inner, (place) =>
      emitter.each(arg, place, (result) => `${k}(${result});\n`),
    );
    const paths = emitter.lambda(`${path}, ${input}, ${k}`, inner, (place) =>
      emitter.paths(arg, path, place, (p, result) => `${k}(${p}, ${result});\n`),
    );
    return `{ each: ${each}, paths: ${paths} }`;
  });
}

/** Runs `then` for each combination of values of the `$` parameters. */
export function withValues(
  emitter: Emitter,
  definition: Definition,
  args: readonly Node[],
  site: Site,
  then: (values: ReadonlyMap<string, string>) => string,
): string {
  const from = (at: number, values: ReadonlyMap<string, string>): string => {
    const param = definition.params[at];
    if (param === undefined) return then(values);
    if (!param.startsWith("$")) return from(at + 1, values);
    return emitter.each(args[at]!, site, (value) =>
      once(emitter, value, (js) => from(at + 1, new Map([...values, [param, js]]))),
    );
  };
  return from(0, new Map());
}

function emitSpecial(emitter: Emitter, node: Call, site: Site, then: Continue): string {
  const { rt } = emitter;
  const [first, second, third] = node.args;
  switch (keyOf(node.name, node.args.length)) {
    case "empty/0":
      return "";
    case "error/1":
      return emitter.each(first!, site, (value) => `${rt}.raise(${value});\n`);
    case "path/1":
      // What cannot be indexed has no path either, so the value must be looked at.
      return emitter.paths(first!, "[]", site, (path, value) => then(`${rt}.pathOf(${path}, ${value})`));
    case "inputs/0": {
      const input = emitter.name("input");
      return `for (let ${input}; (${input} = ${rt}.host.nextInput()) !== undefined;) {\nconst e${input} = ${input};\n${then(`e${input}`)}}\n`;
    }
    case "builtins/0":
      return then(emitter.constant(builtinNames()));
    case "range/3": {
      const k = resultLambda(emitter, site, then);
      return emitter.each(first!, site, (from) =>
        once(emitter, from, (a) =>
          emitter.each(second!, site, (upto) =>
            once(emitter, upto, (b) => emitter.each(third!, site, (by) => `${rt}.range(${a}, ${b}, ${by}, ${k});\n`)),
          ),
        ),
      );
    }
    default:
      return `${rt}.raise(${inputOf(site)});\n`;
  }
}

function eachArgument(
  emitter: Emitter,
  args: readonly Node[],
  at: number,
  site: Site,
  then: (values: readonly string[]) => string,
): string {
  if (at < 0) return then([]);
  return emitter.each(args[at]!, site, (value) =>
    once(emitter, value, (js) => eachArgument(emitter, args, at - 1, site, (before) => then([...before, js]))),
  );
}

function unknownFunction(emitter: Emitter, node: Call, env: Env | undefined): FilterSyntaxError {
  const known = [...functionKeys(env).filter((key) => !key.startsWith("_")), ...builtinNames()];
  const arities = known
    .filter((key) => key.startsWith(`${node.name}/`))
    .map((key) => Number(key.slice(node.name.length + 1)));
  if (arities.length > 0) {
    const takes = arities.toSorted((a, b) => a - b).join(" or ");
    return emitter.fail(
      node,
      `${node.name} takes ${takes} argument${takes === "1" ? "" : "s"}, not ${node.args.length}`,
    );
  }
  const names = [...new Set(known.map((key) => key.slice(0, key.lastIndexOf("/"))))];
  return emitter.fail(node, `there is no function ${node.name}${didYouMean(node.name, names)}`);
}

/** `name/arity` of every builtin. */
function builtinNames(): readonly string[] {
  return [...SPECIAL, ...nativeNames(), ...HOST_BUILTINS.keys(), ...libraryNames()].filter(
    (key) => !key.startsWith("_"),
  );
}

const SPECIAL: ReadonlySet<string> = new Set([
  "empty/0",
  "error/0",
  "error/1",
  "path/1",
  "range/3",
  "inputs/0",
  "builtins/0",
]);

const IGNORES_INPUT: ReadonlySet<string> = new Set([
  "now/0",
  "nan/0",
  "infinite/0",
  "input/0",
  "input_filename/0",
  "input_line_number/0",
]);
