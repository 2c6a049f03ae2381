import { ENCODING } from "../address/records-in.ts";
import type { Format } from "../formats/format.ts";
import { FORMATS } from "../formats/registry.ts";
import type { Command, FlagSpec } from "./command.ts";

/** The flags that every command has. */
export const COMMON_FLAGS: readonly FlagSpec[] = [
  {
    name: "max-record-bytes",
    values: ["SIZE"],
    help: "longest record accepted, such as 64M (default 256M); a longer one is an error",
  },
  { name: "help", short: "h", help: "show this help" },
];

/** The help text of a command. */
export function commandHelp(command: Command): string {
  const flags = [...command.flags, ...COMMON_FLAGS];
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
    `Options of formats, ?NAME=VALUE in an address that is ${command.addresses === "read" ? "read" : "written"}:`,
    ...FORMATS.flatMap((format) => formatOptions(format, command.addresses)),
    "",
    "Examples:",
    ...command.examples.flatMap((example) => [`  # ${example.title}`, `  ${example.command}`]),
    "",
  ].join("\n");
}

function formatOptions(format: Format, direction: Command["addresses"]): string[] {
  const options = direction === "read" ? [...(format.read?.options ?? []), ENCODING] : (format.write?.options ?? []);
  if (options.length === 0) return [`  ${format.name}: none`];
  const width = Math.max(...options.map((option) => option.name.length));
  return [`  ${format.name}:`, ...options.map((option) => `    ${option.name.padEnd(width)}  ${option.help}`)];
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
    "jn COMMAND --help shows a command's flags and examples; jn --version the version.",
    "Exit codes: 0 ok, 1 general, 2 usage, 3 bad data, 4 input or output failed, 141 the reader left.",
    "",
  ].join("\n");
}

/** How a flag is written: `-n, --lines N`. */
export function flagUsage(flag: FlagSpec): string {
  const short = flag.short === undefined ? "    " : `-${flag.short}, `;
  return [`${short}--${flag.name}`, ...(flag.values ?? [])].join(" ");
}
