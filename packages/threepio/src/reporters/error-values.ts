import { inspect } from "node:util";
import type { TestError } from "../journal/event.ts";
import { harmless } from "./harmless.ts";

/** A value of an assertion as text; undefined stays undefined. */
export function shownValue(value: unknown): string | undefined {
  if (value === undefined || typeof value === "string") return value;
  return harmless("a value", () => inspect(value)) ?? "(a value that cannot be shown)";
}

/** The first place in a stack that is neither Node's nor a package's; undefined for a stack that is none. */
export function placeInStack(stack: unknown): { readonly file: string; readonly line: number } | undefined {
  if (typeof stack !== "string") return undefined;
  const frames = stack.matchAll(V8_FRAME);
  for (const [, file, line] of [...frames, ...stack.matchAll(ABSOLUTE)]) {
    if (!file!.includes("node_modules/")) return { file: file!.replace(/^file:\/\//, ""), line: Number(line) };
  }
  return undefined;
}

/** Spaces may be in the path, and it may be relative: mocha makes it so. */
const V8_FRAME = /^ *at (?:async )?(?:[^\n(]*\()?((?!node:|<|native)[^()\n]+?):(\d+):\d+\)?$/gm;
const ABSOLUTE = /[\s(@]((?:file:\/\/)?\/[^\s()]+?):(\d+):\d+\)?$/gm;

/** `TypeError: x is undefined`, as one reads it. */
export function messageOf(name: unknown, message: unknown): string {
  const text = textOf(message) ?? "";
  return name === undefined || name === "Error" ? text : `${textOf(name)}: ${text}`;
}

/** What should be text; undefined stays undefined. */
export function textOf(value: unknown): string | undefined {
  return value === undefined || typeof value === "string" ? value : inspect(value);
}

/** What an error says; anything can be thrown, and some of it throws when it is looked at. */
export function readableError(read: () => TestError): TestError {
  return harmless("an error", read) ?? { message: "(an error that cannot be read)" };
}
