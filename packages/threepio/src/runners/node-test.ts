import { join } from "node:path";
import { programName, type Runner } from "./runner.ts";

/** Node's own runner. Its reporter comes in through NODE_OPTIONS, beside the user's. */
export const nodeTest: Runner = {
  name: "node:test",
  summary: "node --test",
  matches: (words) => words.some((word, at) => isNode(word) && optionsAfter(words, at).includes("--test")),
  watches: (words) => (words.includes("--watch") ? "node --test --watch never ends" : undefined),
  environment: (words, { reporters }) => {
    const hasReporter = words.some((word) => word.startsWith("--test-reporter"));
    const path = join(reporters, "node-test.cjs");
    const own = `${nodeOption("--test-reporter", path)} --test-reporter-destination=stdout`;
    // Naming a reporter switches the default one off.
    const usual = hasReporter ? "" : " --test-reporter=spec --test-reporter-destination=stdout";
    return new Map([["NODE_OPTIONS", own + usual]]);
  },
};

/** An option as NODE_OPTIONS wants it. */
export function nodeOption(name: string, value: string): string {
  const text = `${name}=${value}`;
  return /[\s"\\]/.test(text) ? `"${text.replace(/["\\]/g, String.raw`\$&`)}"` : text;
}

function isNode(word: string): boolean {
  return /^(?:node|nodejs|tsx)$/.test(programName(word));
}

/** The options between a program and its first argument that is none. */
function optionsAfter(words: readonly string[], at: number): readonly string[] {
  const options: string[] = [];
  for (let index = at + 1; index < words.length; index++) {
    const word = words[index]!;
    if (!word.startsWith("-") || word === "--") break;
    options.push(word);
    if (WITH_VALUE.has(word)) index++;
  }
  return options;
}

/** Options of node that the next word belongs to. */
const WITH_VALUE = new Set(["--import", "--require", "-r", "--loader", "--experimental-loader", "--conditions", "-C"]);
