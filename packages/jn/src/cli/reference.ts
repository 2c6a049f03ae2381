import { READ_OPTIONS, WRITE_OPTIONS } from "../address/plan.ts";
import type { OptionSpec } from "../plugins/option.ts";
import { type Manifest, optionsFor } from "../plugins/plugin.ts";
import type { Command } from "./command.ts";
import { COMMON_FLAGS } from "./common-flags.ts";
import { flagUsage } from "./help.ts";

/** The reference page of the command line, in Markdown, from the same data as the help. */
export function cliReference(
  commands: readonly Command[],
  formats: readonly Manifest[],
  codecs: readonly Manifest[],
): string {
  return [
    "# Command reference",
    "",
    "Made from the commands' own data by `node scripts/cli-reference.mjs`; do not edit. The examples are executed as tests.",
    "",
    ...commands.flatMap(commandSection),
    "## Formats",
    "",
    "Options are written `?name=value&name=value` after an address.",
    "",
    "### every format",
    "",
    ...optionTable([...rows("read", READ_OPTIONS), ...rows("write", WRITE_OPTIONS)]),
    ...formats.flatMap(pluginSection),
    "## Codecs",
    "",
    "| codec | extensions | summary |",
    "| --- | --- | --- |",
    ...codecs.map((codec) => `| \`${codec.name}\` | ${codec.matches.join(" ")} | ${codec.summary} |`),
    "",
    "## Exit codes",
    "",
    "| code | meaning |",
    "| --- | --- |",
    "| 0 | all is well |",
    "| 1 | general failure |",
    "| 2 | usage: the command line, an address or an expression is wrong; nothing was read |",
    "| 3 | bad data, or a filter that failed on it |",
    "| 4 | a file, descriptor or device could not be read or written |",
    "| 130, 143 | interrupted, terminated |",
    "| 141 | the reader left (as SIGPIPE); not an error |",
    "",
    "A stage whose input came from a failed stage ends with that stage's exit code.",
    "",
  ].join("\n");
}

function commandSection(command: Command): string[] {
  const flags = [...command.flags, ...COMMON_FLAGS];
  return [
    `## jn ${command.name}`,
    "",
    `${command.summary[0]?.toUpperCase()}${command.summary.slice(1)}.`,
    "",
    "```",
    `jn ${command.name} ${command.usage}`.trimEnd(),
    "```",
    "",
    ...command.details.flatMap((paragraph) => [paragraph, ""]),
    "| flag | meaning |",
    "| --- | --- |",
    ...flags.map((flag) => `| \`${flagUsage(flag).trim()}\` | ${cell(flag.help)} |`),
    "",
    ...command.examples.flatMap((example) => [
      `${example.title[0]?.toUpperCase()}${example.title.slice(1)}:`,
      "",
      "```",
      ...Object.entries(example.files ?? {}).flatMap(([name, content]) => [`$ cat ${name}`, content.trimEnd()]),
      `$ ${example.command}`,
      example.output.trimEnd(),
      "```",
      "",
    ]),
  ];
}

function pluginSection(plugin: Manifest): string[] {
  const options = [...rows("read", optionsFor(plugin, "read")), ...rows("write", optionsFor(plugin, "write"))];
  const matches = plugin.matches.map((pattern) => `\`${pattern}\``).join(", ");
  const holds = plugin.holds === undefined ? "" : ` It holds in memory: ${plugin.holds}.`;
  return [
    `### ${plugin.name}`,
    "",
    `${plugin.summary}. For ${matches}; ${plugin.modes.join(" and ")}.${holds}`,
    "",
    ...optionTable(options),
  ];
}

function rows(mode: "read" | "write", options: readonly OptionSpec[]): string[] {
  return options
    .filter((option) => option.modes === undefined || option.modes.includes(mode))
    .map((option) => `| \`?${option.name}=\` | ${mode} | ${cell(option.help)} |`);
}

function optionTable(options: readonly string[]): string[] {
  return options.length === 0 ? [] : ["| option | when | meaning |", "| --- | --- | --- |", ...options, ""];
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}
