import type { Format } from "../formats/format.ts";
import type { OptionSpec } from "../formats/option.ts";
import type { Command } from "./command.ts";
import { COMMON_FLAGS, flagUsage } from "./help.ts";

/** The reference page of the command line, in Markdown, from the same data as the help. */
export function cliReference(
  commands: readonly Command[],
  formats: readonly Format[],
  readOptions: readonly OptionSpec[],
): string {
  return [
    "# Command reference",
    "",
    "Made from the commands' own data by `node scripts/cli-reference.mjs`; do not edit. The examples are executed as tests.",
    "",
    ...commands.flatMap(commandSection),
    "## Formats",
    "",
    `Every format can be read with \`?${readOptions.map((option) => option.name).join("`, `?")}\`: ` +
      `${readOptions.map((option) => option.help).join("; ")}.`,
    "",
    ...formats.flatMap(formatSection),
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

function formatSection(format: Format): string[] {
  const rows = (side: string, options: readonly OptionSpec[]): string[] =>
    options.map((option) => `| \`?${option.name}=\` | ${side} | ${cell(option.help)} |`);
  const options = [...rows("read", format.read?.options ?? []), ...rows("write", format.write?.options ?? [])];
  const table = options.length === 0 ? [] : ["| option | when | meaning |", "| --- | --- | --- |", ...options, ""];
  const extensions = format.extensions.map((extension) => `.${extension}`).join(", ");
  return [`### ${format.name}`, "", `${format.summary} (${extensions}).`, "", ...table];
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}
