import type { Command } from "../cli/command.ts";

/** The command that is meant when none is named. */
export const RUN = "run";

const LOADERS: ReadonlyMap<string, () => Promise<Command>> = new Map([
  [RUN, async () => (await import("./run.ts")).run],
  ["explain", async () => (await import("./explain.ts")).explain],
  ["list", async () => (await import("./list.ts")).list],
  ["show", async () => (await import("./show.ts")).show],
  ["failures", async () => (await import("./failures.ts")).failures],
  ["output", async () => (await import("./output.ts")).output],
  ["diff", async () => (await import("./diff.ts")).diff],
  ["slowest", async () => (await import("./slowest.ts")).slowest],
  ["flaky", async () => (await import("./flaky.ts")).flaky],
  ["records", async () => (await import("./records.ts")).records],
  ["rerun", async () => (await import("./rerun.ts")).rerun],
  ["report", async () => (await import("./report.ts")).report],
  ["merge", async () => (await import("./merge.ts")).merge],
  ["shard", async () => (await import("./shard.ts")).shard],
  ["gc", async () => (await import("./gc.ts")).gc],
  ["watch", async () => (await import("./watch.ts")).watch],
  ["mcp", async () => (await import("./mcp.ts")).mcp],
  ["rebuild", async () => (await import("./rebuild.ts")).rebuild],
  ["verify", async () => (await import("./verify.ts")).verify],
]);

export async function commandNamed(name: string): Promise<Command | undefined> {
  return await LOADERS.get(name)?.();
}

/** All commands, in the order in which help lists them. */
export async function loadCommands(): Promise<readonly Command[]> {
  return await Promise.all([...LOADERS.values()].map((load) => load()));
}
