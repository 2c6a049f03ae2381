import { RUNNERS } from "../runners/registry.ts";
import type { Command } from "./command.ts";
import { type FlagSpec, flagUsage } from "./flag.ts";

/** The flag that every command has. */
export const HELP: FlagSpec = { name: "help", short: "h", help: "show this help" };

/** The help text of a command. */
export function commandHelp(command: Command): string {
  const flags = [...command.flags, HELP];
  const width = Math.max(...flags.map((flag) => flagUsage(flag).length));
  return [
    `3pio ${command.name}: ${command.summary}`,
    "",
    `Usage: 3pio ${command.name} ${command.usage}`.trimEnd(),
    "",
    ...command.details.flatMap((paragraph) => [paragraph, ""]),
    "Flags:",
    ...flags.map((flag) => `  ${flagUsage(flag).padEnd(width)}  ${flag.help}`),
    "",
    "Examples:",
    ...command.examples.flatMap(({ title, command: typed }) => [`  # ${title}`, `  ${typed}`]),
    "",
  ].join("\n");
}

/** The help text of 3pio itself. */
export function overview(commands: readonly Command[]): string {
  const width = Math.max(...commands.map(({ name }) => name.length));
  const runnerWidth = Math.max(...RUNNERS.map(({ name }) => name.length));
  return [
    "3pio: runs any test command, and loses no test event.",
    "",
    "  3pio [FLAG...] COMMAND...     for example 3pio pytest -x, 3pio npm test",
    "",
    "Commands:",
    ...commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`),
    "",
    "Runners:",
    ...RUNNERS.map(({ name, summary }) => `  ${name.padEnd(runnerWidth)}  ${summary}`),
    "",
    "3pio COMMAND --help shows a command's flags; 3pio --version the version.",
    "Exit codes: the test command's own; 128 + n when signal n ended it; 127 it could not be started; 2 usage.",
    "",
  ].join("\n");
}
