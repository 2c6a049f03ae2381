import { didYouMean } from "@jn/wire";
import { usageError } from "../threepio-error.ts";
import { expansions } from "./expansion.ts";
import { RUNNERS } from "./registry.ts";
import type { Runner } from "./runner.ts";

/** Which runner a command starts, and the words that do. */
export interface Detection {
  /** Undefined when the command is none that we know: reporters that come in by the environment may still report. */
  readonly runner: Runner | undefined;
  readonly words: readonly string[];
  /** True when the command itself starts the runner, not a script behind it. */
  readonly isDirect: boolean;
  /** All commands behind the command. */
  readonly all: readonly (readonly string[])[];
}

/**
 * Recognises the runner: by the command's own words first, then by what the scripts behind it say. What a project merely
 * depends on never counts.
 *
 * @param name the runner to take instead (`--runner`)
 * @throws ThreepioError `USAGE` when there is no runner of that name, or the command never ends
 */
export function detect(command: readonly string[], cwd: string, name: string | undefined): Detection {
  const all = expansions(command, cwd);
  const detection = name === undefined ? detected(all) : chosen(name, all);
  for (const words of all) {
    for (const { watches } of RUNNERS) {
      const reason = watches?.(words);
      if (reason !== undefined) throw usageError(`${words.join(" ")}: ${reason}; run the tests once instead`);
    }
  }
  return detection;
}

function detected(all: readonly (readonly string[])[]): Detection {
  for (const [index, words] of all.entries()) {
    const runner = RUNNERS.find(({ matches }) => matches(words));
    if (runner !== undefined) return { runner, words, isDirect: index === 0, all };
  }
  return { runner: undefined, words: all[0]!, isDirect: true, all };
}

function chosen(name: string, all: readonly (readonly string[])[]): Detection {
  const runner = RUNNERS.find((candidate) => candidate.name === name);
  if (runner === undefined) {
    const names = RUNNERS.map((candidate) => candidate.name);
    throw usageError(`there is no runner '${name}'${didYouMean(name, names)}; there are: ${names.join(", ")}`);
  }
  const index = all.findIndex((words) => runner.matches(words));
  return { runner, words: all[Math.max(index, 0)]!, isDirect: index <= 0, all };
}
