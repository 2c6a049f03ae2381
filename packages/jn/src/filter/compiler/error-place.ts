/**
 * Where in a filter's text an error comes from: the code that is compiled from it has the places in comments, and the
 * error's stack has the places in that code.
 *
 * @param codes the programs that may have failed, by the name that stacks have
 */
export function placeIn(text: string, codes: ReadonlyMap<string, string>, error: unknown): string | undefined {
  const stack = error instanceof Error ? (error.stack ?? "") : "";
  const [, name = "", line = "", column = ""] = /(jn-filter[a-z-]*):(\d+):(\d+)/.exec(stack) ?? [];
  const code = codes.get(name);
  if (code === undefined) return undefined;
  const index = Number(line) - LINES_BEFORE - 1;
  const lines = code.split("\n");
  const before = [...lines.slice(0, index), lines[index]?.slice(0, Number(column)) ?? ""].join("\n");
  const place = /^\/\*(\d+)\*\//.exec(before.slice(before.lastIndexOf("/*")))?.[1];
  if (place === undefined) return undefined;
  const lineStart = text.lastIndexOf("\n", Number(place) - 1) + 1;
  const where = `column ${Number(place) - lineStart + 1}`;
  return text.includes("\n") ? `line ${text.slice(0, lineStart).split("\n").length}, ${where}` : where;
}

/** Of the function around the code, and of "use strict". */
const LINES_BEFORE = 3;
