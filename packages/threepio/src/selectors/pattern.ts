import { type ChosenTest, namesOfTest } from "./selector.ts";

/** Text as a part of a regular expression that matches it and nothing else. */
export function literally(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`).replaceAll("\n", String.raw`\n`);
}

/**
 * A regular expression for names with those of their groups before them, as most runners of JavaScript compare them; undefined
 * when a whole file is chosen.
 */
export function namesPattern(tests: readonly ChosenTest[]): string | undefined {
  const parts = namesParts(tests);
  if (parts === undefined) return undefined;
  return parts.length === 1 ? `^${parts[0]}$` : `^(?:${parts.join("|")})$`;
}

/** The alternatives of that expression. */
export function namesParts(tests: readonly ChosenTest[]): readonly string[] | undefined {
  if (tests.some((test) => namesOfTest(test).length === 0)) return undefined;
  return [
    ...new Set(tests.map((test) => literally(namesOfTest(test).join(" ")) + (test.isGroup === true ? " .*" : ""))),
  ];
}
