import { READ_OPTIONS, WRITE_OPTIONS } from "../address/plan.ts";
import type { OptionSpec } from "../plugins/option.ts";
import { type Manifest, optionsFor } from "../plugins/plugin.ts";
import type { Command } from "./command.ts";
import { flagsOf } from "./common-flags.ts";
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
    "## Bad records",
    "",
    "A record that is not what its format says, that is too long, or that a filter fails on, stops the command with exit code 3. With",
    "`--on-error skip` it is passed over; with `--on-error FILE` it is written to that file, which is emptied first, so each stage of a",
    "pipeline needs one of its own. Both go on, say at the end on standard error how many there were, and exit with 0.",
    "",
    "A line of the file is `{source, line, byte, reason, raw}`: the line (from 1) and byte (from 0) at which the record begins, or null",
    "where it was converted before it was found to be bad; and its text. What is no UTF-8 also has its bytes, as `base64`; of more than",
    "64 KiB there is the beginning, and `bytes`, the length. What is read and what is passed over is all there was: of CSV, a row with too",
    "many or too few cells costs that row, one whose quotes are wrong the line it begins on. Formats without lines to go on from (json, xml,",
    "yaml, ...) stop all the same.",
    "",
  ].join("\n");
}

function commandSection(command: Command): string[] {
  const flags = flagsOf(command);
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
