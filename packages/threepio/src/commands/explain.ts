import { ExitCode } from "@jn/wire";
import type { Command } from "../cli/command.ts";
import { print } from "../cli/console.ts";
import { RUNNER_FLAG } from "../cli/flag.ts";
import { planOf } from "../run/plan.ts";
import { shellQuoted } from "../runners/shell-words.ts";
import { usageError } from "../threepio-error.ts";

export const explain: Command = {
  name: "explain",
  summary: "print what would be started, and start nothing",
  usage: "[FLAG...] [--] COMMAND...",
  details: ["Prints the runner that was recognised, and by which words, the rewritten command and its environment."],
  takesCommand: true,
  flags: [RUNNER_FLAG],
  examples: [{ title: "what npm test comes down to", command: "3pio explain -- npm test" }],
  run({ flags, rest, cwd, env }) {
    if (rest.length === 0) throw usageError("there is no command; for example: 3pio explain -- npm test");
    const { detection, command, variables, streams } = planOf(rest, { cwd, env, runner: flags.get("runner") });
    const { runner, words } = detection;
    const shown = (list: readonly string[]): string => list.map(shellQuoted).join(" ");
    print(
      [
        `runner: ${runner?.name ?? "unknown; reporters that come in by the environment may still report"}`,
        `recognised by: ${shown(words)}`,
        `command: ${shown(command)}`,
        ...streams.map(({ file, format }) => `read: ${file}, as ${format}`),
        "environment:",
        ...[...variables].map(([name, value]) => `  ${name}=${shellQuoted(value)}`),
        "",
      ].join("\n"),
    );
    return Promise.resolve(ExitCode.ok);
  },
};
