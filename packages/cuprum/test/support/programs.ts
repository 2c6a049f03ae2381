import { inspect } from "node:util";
import {
  type Catalogue,
  type CommandBuilder,
  type CommandResult,
  defaultCatalogue,
  defineCatalogue,
  type PipelineResult,
} from "cuprum";

/** Programs for tests: this Node.js, and a shell to misbehave with. */
const testPrograms: Catalogue<"node" | "sh"> = defineCatalogue({
  tests: { programs: [{ name: "node", path: process.execPath }, "sh"] },
});

/** Builders of everyday commands. */
export const cat: CommandBuilder = defaultCatalogue.make("cat");
export const echo: CommandBuilder = defaultCatalogue.make("echo");
export const failing: CommandBuilder = defaultCatalogue.make("false");
export const head: CommandBuilder = defaultCatalogue.make("head");
export const seq: CommandBuilder = defaultCatalogue.make("seq");
export const sleep: CommandBuilder = defaultCatalogue.make("sleep");
export const tr: CommandBuilder = defaultCatalogue.make("tr");
export const wc: CommandBuilder = defaultCatalogue.make("wc");
export const yes: CommandBuilder = defaultCatalogue.make("yes");
export const node: CommandBuilder = testPrograms.make("node");
export const sh: CommandBuilder = testPrograms.make("sh");

/** What a failing test says: everything that is known of how it ended. */
export function described(result: CommandResult<unknown> | PipelineResult<unknown>): string {
  return inspect(result, { depth: 6, maxStringLength: 2000, maxArrayLength: 100 });
}
