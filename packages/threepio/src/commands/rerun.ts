import { relative } from "node:path";
import { isatty } from "node:tty";
import { ExitCode } from "@jn/wire";
import type { Command } from "../cli/command.ts";
import { complain, print } from "../cli/console.ts";
import { atMost } from "../cli/positionals.ts";
import { oneLine } from "../reports/markdown.ts";
import { batchSize } from "../run/batch-size.ts";
import { mergeRuns } from "../run/merged-run.ts";
import { withRun } from "../run/opened-run.ts";
import { planOf } from "../run/plan.ts";
import { recordRun } from "../run/recorded-run.ts";
import { reportedRun } from "../run/reported-run.ts";
import { removeRun } from "../run/retention.ts";
import type { RunFolder } from "../run/run-folder.ts";
import { shellQuoted } from "../runners/shell-words.ts";
import type { Rerun, Reruns } from "../selectors/reruns.ts";
import { usageError } from "../threepio-error.ts";

export const rerun: Command = {
  name: "rerun",
  summary: "run again what failed in a run, and nothing else where the runner can do that",
  usage: "[--failed] [RUN] [FLAG...]",
  details: [
    "With --failed, starts the tests that failed, and the files and groups that could not do their work, by the runner's own means: the same " +
      "launcher and options, and its way to name tests. Where that takes several commands they become one run. Without --failed, " +
      "starts the whole command again. The exit code is the command's; of several, the first that is not 0.",
  ],
  flags: [
    { name: "failed", help: "only what failed" },
    { name: "print", help: "print the commands, and start nothing" },
  ],
  examples: [
    { title: "what failed in the last run", command: "3pio rerun --failed" },
    { title: "how that would be started", command: "3pio rerun --failed --print" },
  ],
  async run({ flags, rest, cwd, env }) {
    const [name = "latest"] = atMost(rest, 1);
    const { commands, left } = await withRun(cwd, name, ({ collection, summary, folder }): Reruns => {
      if (summary.state === "RUNNING") throw usageError(`${folder.id} is still at work; wait for its end`);
      return flags.has("failed") ? collection.reruns() : wholeAgain(summary.facts.start);
    });
    sayLeft(left);
    if (flags.has("print")) {
      for (const command of commands) print(`${shown(command, cwd)}\n`);
      return ExitCode.ok;
    }
    if (commands.length === 0) {
      if (left.length > 0)
        throw usageError("nobody knows how to choose these tests; 3pio rerun starts the whole command again");
      print("nothing failed\n");
      return ExitCode.ok;
    }
    const folders: RunFolder[] = [];
    let exitCode: number = ExitCode.ok;
    for (const command of commands) {
      if (command.also !== undefined)
        complain(`3pio: ${oneLine(command.command[0]!)} also runs ${oneLine(command.also)}`);
      const plan = planOf(command.command, { cwd: command.cwd, env });
      const recorded = await recordRun(plan, {
        typed: command.command,
        cwd: command.cwd,
        root: cwd,
        durability: "interval",
        batch: batchSize(env),
        isTerminal: isatty(1),
      });
      recorded.collection.close();
      folders.push(recorded.folder);
      if (exitCode === ExitCode.ok) ({ exitCode } = recorded);
      // Whoever stopped one does not want the others.
      if (recorded.summary?.facts.end?.interruptedBy !== undefined) break;
    }
    print(reportedRun(await oneRun(cwd, folders), cwd).text);
    return exitCode;
  },
};

function wholeAgain(start: { readonly command: readonly string[]; readonly cwd: string } | undefined): Reruns {
  if (start === undefined) throw usageError("the journal of that run does not say what was started");
  return { commands: [{ command: start.command, cwd: start.cwd, tests: [], also: undefined }], left: [] };
}

function sayLeft(left: Reruns["left"]): void {
  if (left.length === 0) return;
  const names = left.slice(0, MAX_SHOWN).map(({ path }) => `\n  ${oneLine(path.join(" > "))}`);
  const more = left.length > MAX_SHOWN ? `\n  ... and ${left.length - MAX_SHOWN} more` : "";
  complain(
    `3pio: what failed outside of any file, or by a runner that cannot choose tests, is left out:${names.join("")}${more}`,
  );
}

const MAX_SHOWN = 10;

function shown({ command, cwd: folder }: Rerun, cwd: string): string {
  const words = command.map(shellQuoted).join(" ");
  const inside = relative(cwd, folder);
  return inside === "" ? words : `cd ${shellQuoted(inside)} && ${words}`;
}

/** What several commands have run is one run. */
async function oneRun(cwd: string, folders: readonly RunFolder[]): Promise<RunFolder> {
  if (folders.length === 1) return folders[0]!;
  const parts = folders.map((folder) => ({ label: undefined, folder }));
  const merged = await mergeRuns(cwd, parts, new Date());
  for (const folder of folders) removeRun(folder);
  return merged;
}
