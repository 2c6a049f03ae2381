import { programAt, type Runner } from "./runner.ts";

/** Runners that get their reporter from our preload script, so that their command stays as it is. */
export const vitest: Runner = {
  name: "vitest",
  summary: "vitest 3 and newer",
  matches: (words) => programAt(words, new Set(["vitest"])) >= 0,
  watches: (words) => {
    const at = programAt(words, new Set(["vitest"]));
    if (at < 0) return undefined;
    const rest = words.slice(at + 1);
    const isWatching = rest.some((word) => /^(?:watch|dev|--watch|-w|--watch=true|--ui)$/.test(word));
    return isWatching && !rest.includes("--run") ? "vitest would go on watching" : undefined;
  },
};

export const jest: Runner = {
  name: "jest",
  summary: "jest 28 and newer",
  matches: (words) => programAt(words, new Set(["jest", "jest-cli"])) >= 0,
  watches: (words) => watching(words, "jest", /^(?:--watch|--watchAll)(?:=true)?$/),
};

export const mocha: Runner = {
  name: "mocha",
  summary: "mocha 8 and newer, also in parallel",
  matches: (words) => programAt(words, new Set(["mocha", "_mocha"])) >= 0,
  watches: (words) => watching(words, "mocha", /^(?:--watch|-w)$/),
};

export const playwright: Runner = {
  name: "playwright",
  summary: "Playwright's test runner",
  matches: (words) => programAt(words, new Set(["playwright"])) >= 0,
  watches: (words) => watching(words, "playwright", /^--ui$/),
};

function watching(words: readonly string[], name: string, flag: RegExp): string | undefined {
  const at = programAt(words, new Set([name]));
  const isWatching = at >= 0 && words.slice(at + 1).some((word) => flag.test(word));
  return isWatching ? `${name} would go on watching` : undefined;
}
