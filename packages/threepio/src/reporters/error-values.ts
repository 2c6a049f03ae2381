import { inspect } from "node:util";

/** A value of an assertion as text; undefined stays undefined. */
export function shownValue(value: unknown): string | undefined {
  return value === undefined || typeof value === "string" ? value : inspect(value);
}

/** The first place in a stack that is neither Node's nor a package's. */
export function placeInStack(stack: string | undefined): { readonly file: string; readonly line: number } | undefined {
  for (const [, file, line] of (stack ?? "").matchAll(/[\s(@]((?:file:\/\/)?\/[^\s()]+?):(\d+):\d+\)?$/gm)) {
    if (!file!.includes("/node_modules/")) return { file: file!.replace(/^file:\/\//, ""), line: Number(line) };
  }
  return undefined;
}
