import { READ_OPTIONS, WRITE_OPTIONS } from "../address/plan.ts";
import type { OptionSpec } from "../plugins/option.ts";
import { type Manifest, optionsFor } from "../plugins/plugin.ts";
import type { Command, FlagSpec } from "./command.ts";
import { flagsOf } from "./common-flags.ts";

/** The help text of a command. */
export function commandHelp(command: Command, formats: readonly Manifest[]): string {
  const flags = flagsOf(command);
  const width = Math.max(...flags.map((flag) => flagUsage(flag).length));
  return [
    `jn ${command.name}: ${command.summary}`,
    "",
    `Usage: jn ${command.name} ${command.usage}`.trimEnd(),
    "",
    ...command.details.flatMap((paragraph) => [paragraph, ""]),
    "Flags:",
    ...flags.map((flag) => `  ${flagUsage(flag).padEnd(width)}  ${flag.help}`),
    "",
    ...optionsHelp(command.addresses, formats),
    "Examples:",
    ...command.examples.flatMap((example) => [`  # ${example.title}`, `  ${example.command}`]),
    "",
  ].join("\n");
}

function optionsHelp(mode: Command["addresses"], formats: readonly Manifest[]): string[] {
  if (mode === "none") return [];
  return [
    `Options, ?NAME=VALUE in an address that is ${mode === "read" ? "read" : "written"}:`,
    ...options("every format", mode === "read" ? READ_OPTIONS : WRITE_OPTIONS),
    ...formats
      .filter((format) => format.modes.includes(mode))
      .flatMap((format) => options(format.name, optionsFor(format, mode))),
    "",
  ];
}

function options(name: string, specs: readonly OptionSpec[]): string[] {
  if (specs.length === 0) return [`  ${name}: none`];
  const width = Math.max(...specs.map((option) => option.name.length));
  return [`  ${name}:`, ...specs.map((option) => `    ${option.name.padEnd(width)}  ${option.help}`)];
}

/** The help text of `jn` itself. */
export function overview(commands: readonly Command[]): string {
  const width = Math.max(...commands.map((command) => command.name.length));
  return [
    "jn: any source to records to any destination.",
    "",
    "  jn cat data.csv | jn filter '.x > 10' | jn put out.json",
    "",
    "Commands:",
    ...commands.map((command) => `  ${command.name.padEnd(width)}  ${command.summary}`),
    "",
    "jn COMMAND --help shows a command's flags and examples; jn --version the version and stream backend.",
    "Exit codes: 0 ok, 1 general, 2 usage, 3 bad data, 4 input or output failed, 141 the reader left.",
    "",
  ].join("\n");
}

/** How a flag is written: `-n, --lines N`. */
export function flagUsage(flag: FlagSpec): string {
  const short = flag.short === undefined ? "    " : `-${flag.short}, `;
  return [`${short}--${flag.name}`, ...(flag.values ?? [])].join(" ");
}
