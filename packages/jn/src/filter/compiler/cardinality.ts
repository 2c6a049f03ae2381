import { libraryFunction } from "../builtins/library.ts";
import { HOST_BUILTINS } from "../builtins/host.ts";
import { isNative } from "../builtins/native.ts";
import type { Node } from "../language/ast.ts";
import { bind, type Env, findFunction, keyOf } from "./scope.ts";
import { isRecursive } from "./recursion.ts";

/** Whether the expression always has exactly one result, or fails: then it can be a JavaScript expression. */
export function isSingle(node: Node, env: Env | undefined): boolean {
  return remembered(SINGLE, node, env, isSingleUnknown);
}

/** Whether the expression has one result, none, or fails. */
export function isOptional(node: Node, env: Env | undefined): boolean {
  return isSingle(node, env) || remembered(OPTIONAL, node, env, isOptionalUnknown);
}

type Known = WeakMap<Node, WeakMap<object, boolean>>;

/** Results are remembered: an emitter asks again at every level of an expression. */
function remembered(
  known: Known,
  node: Node,
  env: Env | undefined,
  decide: (node: Node, env: Env | undefined) => boolean,
): boolean {
  let byEnv = known.get(node);
  if (byEnv === undefined) known.set(node, (byEnv = new WeakMap()));
  const key = env ?? NO_ENV;
  const before = byEnv.get(key);
  if (before !== undefined) return before;
  const result = decide(node, env);
  byEnv.set(key, result);
  return result;
}

const SINGLE: Known = new WeakMap();
const OPTIONAL: Known = new WeakMap();
const NO_ENV = {};

function isOptionalUnknown(node: Node, env: Env | undefined): boolean {
  switch (node.kind) {
    case "field":
      return isOptional(node.target, env);
    case "index":
      return isOptional(node.target, env) && isOptional(node.index, env);
    case "negate":
      return isOptional(node.body, env);
    case "pipe":
    case "arithmetic":
    case "compare":
    case "alternative":
      return isOptional(node.left, env) && isOptional(node.right, env);
    case "if":
      return [node.condition, node.consequent, node.alternate].every(
        (part) => part === undefined || isOptional(part, env),
      );
    case "try":
      return isOptional(node.body, env) && (node.handler === undefined || isOptional(node.handler, env));
    case "call":
      return isOptionalCall(node, env);
    default:
      return false;
  }
}

function isOptionalCall(node: Node & { readonly kind: "call" }, env: Env | undefined): boolean {
  const { name, args } = node;
  const key = keyOf(name, args.length);
  const found = findFunction(env, key);
  if (found === undefined) {
    if (key === "empty/0" || key === "first/1") return true;
    const definition = libraryFunction(key);
    if (definition === undefined || isRecursive(definition) || !areValuesSingle(definition.params, args, env))
      return false;
    return isOptional(definition.body, withArguments(undefined, definition.params, args, env));
  }
  const { binding, at } = found;
  if (binding.kind === "argument") return isOptional(binding.node, binding.env);
  if (binding.kind !== "inline") return false;
  const { params, body } = binding.definition;
  return areValuesSingle(params, args, env) && isOptional(body, withArguments(at, params, args, env));
}

function isSingleUnknown(node: Node, env: Env | undefined): boolean {
  switch (node.kind) {
    case "identity":
    case "literal":
    case "number":
    case "variable":
    case "format":
    case "array":
      return true;
    case "field":
      return isSingle(node.target, env);
    case "index":
      return isSingle(node.target, env) && isSingle(node.index, env);
    case "slice":
      return [node.target, node.from, node.to].every((part) => part === undefined || isSingle(part, env));
    case "string":
      return node.parts.every((part) => typeof part === "string" || isSingle(part, env));
    case "object":
      return node.entries.every((entry) => isSingle(entry.key, env) && isSingle(entry.value, env));
    case "negate":
      return isSingle(node.body, env);
    case "pipe":
    case "arithmetic":
    case "compare":
    case "logic":
    case "alternative":
      return isSingle(node.left, env) && isSingle(node.right, env);
    case "assign":
      return node.operator === "|=" || isSingle(node.right, env);
    case "if":
      return [node.condition, node.consequent, node.alternate].every(
        (part) => part === undefined || isSingle(part, env),
      );
    case "reduce":
      return isSingle(node.init, env);
    case "bind": {
      const [pattern, second] = node.patterns;
      const isSimple = pattern?.kind === "variable" && second === undefined;
      return isSimple && isSingle(node.source, env) && isSingle(node.body, env);
    }
    case "define": {
      if (isRecursive(node.definition)) return false;
      const { definition, body } = node;
      return isSingle(
        body,
        bind(env, { kind: "inline", key: keyOf(definition.name, definition.params.length), definition }),
      );
    }
    case "call":
      return isSingleCall(node.name, node.args, env);
    default:
      return false;
  }
}

function isSingleCall(name: string, args: readonly Node[], env: Env | undefined): boolean {
  const key = keyOf(name, args.length);
  const found = findFunction(env, key);
  if (found === undefined) {
    if (key === "error/0") return true;
    if (key === "error/1" || isNative(key) || HOST_BUILTINS.has(key)) return args.every((arg) => isSingle(arg, env));
    const definition = libraryFunction(key);
    if (definition === undefined || isRecursive(definition) || !areValuesSingle(definition.params, args, env))
      return false;
    return isSingle(definition.body, withArguments(undefined, definition.params, args, env));
  }
  const { binding, at } = found;
  if (binding.kind === "argument") return isSingle(binding.node, binding.env);
  if (binding.kind !== "inline") return false;
  const { params, body } = binding.definition;
  return areValuesSingle(params, args, env) && isSingle(body, withArguments(at, params, args, env));
}

/** Whether the arguments of all `$name` parameters are single: the body runs once for each of their values. */
function areValuesSingle(params: readonly string[], args: readonly Node[], env: Env | undefined): boolean {
  return params.every((param, index) => !param.startsWith("$") || isSingle(args[index]!, env));
}

/**
 * The environment of a function's body: `outer` and the parameters. A `$name` parameter counts here as an argument too:
 * whoever emits code binds it to a variable first.
 */
function withArguments(
  outer: Env | undefined,
  params: readonly string[],
  args: readonly Node[],
  caller: Env | undefined,
): Env | undefined {
  return params.reduce<Env | undefined>((env, param, index) => {
    const name = param.startsWith("$") ? param.slice(1) : param;
    return bind(env, { kind: "argument", key: keyOf(name, 0), node: args[index]!, env: caller });
  }, outer);
}
