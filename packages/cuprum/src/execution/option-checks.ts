import { inspect } from "node:util";
import { CuprumError } from "../cuprum-error.ts";
import { decoderOf, limitOf, LIMITS, type RunOptions } from "./run-options.ts";

/**
 * Checks options that types alone would have to guard, so that nothing is started for nothing.
 *
 * @throws CuprumError `INVALID_OPTION`
 */
export function checkOptions(options: RunOptions): void {
  for (const name of LIMITS) limitOf(options, name);
  decoderOf(options);
  for (const [name, isValid, what] of CHECKS) {
    const value: unknown = options[name];
    if (value === undefined || isValid(value)) continue;
    const shown = inspect(value, { depth: 0, breakLength: Infinity, maxStringLength: 40 }).slice(0, 80);
    throw new CuprumError("INVALID_OPTION", `${name} is ${shown}; it is ${what}`);
  }
}

const CHECKS: readonly (readonly [keyof RunOptions, (value: unknown) => boolean, string])[] = [
  ["stdin", isSource, '"ignore", "inherit", { text }, { file }, { fd }, bytes, or something to iterate'],
  ["stdout", isTarget, '"text", "bytes", "ignore", "inherit", { file } or { fd }'],
  ["stderr", oneOf("capture", "ignore", "inherit", "stdout"), '"capture", "ignore", "inherit" or "stdout"'],
  ["cwd", isPath, "the path of a folder"],
  [
    "signal",
    (value) => isObject(value) && "aborted" in value && "addEventListener" in value,
    "an AbortSignal: the signal of an AbortController",
  ],
  [
    "observers",
    (value) => Array.isArray(value) && value.every(isObserver),
    "a list of objects with an onEvent function",
  ],
];

function isSource(value: unknown): boolean {
  if (oneOf("ignore", "inherit")(value)) return true;
  if (!isObject(value)) return false;
  if (Symbol.asyncIterator in value || Symbol.iterator in value) return true;
  return hasDescriptor(value) || ("file" in value && isPath(value.file)) || ("text" in value && isText(value.text));
}

function isTarget(value: unknown): boolean {
  if (oneOf("text", "bytes", "ignore", "inherit")(value)) return true;
  return isObject(value) && (hasDescriptor(value) || ("file" in value && isPath(value.file)));
}

function isObserver(value: unknown): boolean {
  return isObject(value) && "onEvent" in value && typeof value.onEvent === "function";
}

function hasDescriptor(value: object): boolean {
  return "fd" in value && Number.isInteger(value.fd) && Number(value.fd) >= 0;
}

function isPath(value: unknown): boolean {
  return typeof value === "string" && value !== "" && !value.includes("\0");
}

function isText(value: unknown): boolean {
  return typeof value === "string";
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function oneOf(...values: readonly string[]): (value: unknown) => boolean {
  return (value) => typeof value === "string" && values.includes(value);
}
