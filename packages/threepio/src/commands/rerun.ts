import { relative } from "node:path";
import { isatty } from "node:tty";
import { ExitCode } from "@jn/wire";
import type { Command } from "../cli/command.ts";
import type { RunStart } from "../journal/event.ts";
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
import type { Rerun } from "../selectors/reruns.ts";
import type { ChosenTest } from "../selectors/selector.ts";
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
    const commands: Startable[] = [];
    const left: LeftOut = { count: 0, first: [] };
    await withRun(cwd, name, ({ collection, summary, folder }) => {
      if (summary.state === "RUNNING") throw usageError(`${folder.id} is still at work; wait for its end`);
      const again = flags.has("failed")
        ? collection.reruns((test) => leaveOut(left, test))
        : wholeAgain(summary.facts.start);
      for (const command of again) {
        if (flags.has("print")) print(`${shown(command, cwd)}\n`);
        else commands.push({ command: command.command, cwd: command.cwd, also: command.also });
      }
    });
    sayLeft(left);
    if (flags.has("print")) return ExitCode.ok;
    if (commands.length === 0) {
      if (left.count > 0)
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

type Startable = Omit<Rerun, "tests">;

function wholeAgain(start: RunStart | undefined): readonly Startable[] {
  if (start === undefined) throw usageError("the journal of that run does not say what was started");
  return [{ command: start.command, cwd: start.cwd, also: undefined }];
}

/** What cannot be run again: how much, and the first of it. */
interface LeftOut {
  count: number;
  readonly first: ChosenTest[];
}

function leaveOut(left: LeftOut, test: ChosenTest): void {
  left.count++;
  if (left.first.length < MAX_SHOWN) left.first.push(test);
}

function sayLeft({ count, first }: LeftOut): void {
  if (count === 0) return;
  const names = first.map(({ path }) => `\n  ${oneLine(path.join(" > "))}`);
  const more = count > first.length ? `\n  ... and ${count - first.length} more` : "";
  complain(
    `3pio: what failed outside of any file, or by a runner that cannot choose tests, is left out:${names.join("")}${more}`,
  );
}

const MAX_SHOWN = 10;

function shown({ command, cwd: folder }: Startable, cwd: string): string {
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
