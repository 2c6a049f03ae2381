import type { Command } from "../cli/command.ts";

/** Each command is loaded only when it is used: start-up is paid by every stage of every pipeline. */
const LOADERS: ReadonlyMap<string, () => Promise<Command>> = new Map([
  ["cat", async () => (await import("./cat.ts")).cat],
  ["filter", async () => (await import("./filter.ts")).filter],
  ["put", async () => (await import("./put.ts")).put],
  ["head", async () => (await import("./head.ts")).head],
  ["tail", async () => (await import("./tail.ts")).tail],
  ["sort", async () => (await import("./sort.ts")).sort],
  ["uniq", async () => (await import("./uniq.ts")).uniq],
  ["group", async () => (await import("./group.ts")).group],
  ["join", async () => (await import("./join.ts")).join],
  ["merge", async () => (await import("./merge.ts")).merge],
  ["tee", async () => (await import("./tee.ts")).tee],
  ["split", async () => (await import("./split.ts")).split],
  ["sample", async () => (await import("./sample.ts")).sample],
  ["assert", async () => (await import("./assert.ts")).assert],
  ["analyze", async () => (await import("./analyze.ts")).analyze],
  ["inspect", async () => (await import("./inspect.ts")).inspect],
  ["edit", async () => (await import("./edit.ts")).edit],
  ["window", async () => (await import("./window.ts")).window],
  ["sh", async () => (await import("./sh.ts")).sh],
  ["completion", async () => (await import("./completion.ts")).completion],
  ["plugin", async () => (await import("./plugin.ts")).plugin],
  ["profile", async () => (await import("./profile.ts")).profile],
  ["table", async () => (await import("./table.ts")).table],
  ["top", async () => (await import("./top.ts")).top],
  ["run", async () => (await import("./run.ts")).run],
]);

export const COMMAND_NAMES: readonly string[] = [...LOADERS.keys()];

export async function commandNamed(name: string): Promise<Command | undefined> {
  return await LOADERS.get(name)?.();
}

/** All commands, in the order in which help lists them. */
export async function loadCommands(): Promise<readonly Command[]> {
  return await Promise.all([...LOADERS.values()].map((load) => load()));
}
