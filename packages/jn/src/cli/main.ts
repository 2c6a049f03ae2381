import { ExitCode, WireError, writeDescriptor } from "@jn/wire";
import { commandNamed, COMMAND_NAMES, loadCommands } from "../commands/registry.ts";
import { JnError, usageError } from "../jn-error.ts";
import { didYouMean } from "../text/suggestion.ts";
import { parseArguments } from "./arguments.ts";
import { COMMON_FLAGS } from "./help.ts";
import { VERSION } from "./version.ts";

/**
 * Runs one command line, without the program's name, and returns its exit code. Prints its own errors.
 *
 * This is the only place where errors become exit codes. A reader that left (EPIPE) is not an error: like a program that
 * SIGPIPE ends, we stop quietly, with the code that a shell shows for it.
 */
export async function main(args: readonly string[]): Promise<ExitCode> {
  let speaker = "jn";
  try {
    const [name, ...rest] = args;
    if (name === undefined || name === "--help" || name === "-h") return await printOverview();
    if (name === "help") return await main(rest[0] === undefined ? ["--help"] : [rest[0], "--help"]);
    if (name === "--version") return print(`jn ${VERSION}\n`);
    const command = await commandNamed(name);
    if (command === undefined) {
      const what = name.startsWith("-") ? "flag" : "command";
      throw usageError(`there is no ${what} '${name}'${didYouMean(name, COMMAND_NAMES)}; see jn --help`);
    }
    speaker = `jn ${command.name}`;
    const { flags, positionals } = parseArguments(rest, [...command.flags, ...COMMON_FLAGS]);
    if (flags.has("help")) {
      const { commandHelp } = await import("./help.ts");
      return print(commandHelp(command));
    }
    const [least, most] = command.positionals;
    if (positionals.length < least || positionals.length > most) {
      const problem = positionals.length < least ? "something is missing" : `'${positionals[most]}' is too much`;
      throw usageError(`${problem}; usage: ${`jn ${command.name} ${command.usage}`.trimEnd()}`);
    }
    const warn = (message: string): void => complain(`${speaker}: warning: ${message}`);
    return await command.run({ positionals, flags, warn });
  } catch (error) {
    return report(error, speaker);
  }
}

async function printOverview(): Promise<ExitCode> {
  const { overview } = await import("./help.ts");
  return print(overview(await loadCommands()));
}

function print(text: string): ExitCode {
  const bytes = Buffer.from(text);
  writeDescriptor(1, "standard output", bytes, 0, bytes.length);
  return ExitCode.ok;
}

function report(error: unknown, speaker: string): ExitCode {
  if (error instanceof WireError) {
    if (error.code === "READER_LEFT") return ExitCode.readerLeft;
    complain(`${speaker}: ${error.message}`);
    return error.code === "IO" ? ExitCode.io : ExitCode.badData;
  }
  if (error instanceof JnError) {
    complain(`${speaker}: ${error.message}`);
    return error.code === "USAGE" ? ExitCode.usage : ExitCode.badData;
  }
  complain(
    `${speaker}: this is a defect in jn, please report it: ${error instanceof Error ? error.stack : String(error)}`,
  );
  return ExitCode.general;
}

/** Writes to standard error without process.stderr, which would make a shared descriptor non-blocking. */
function complain(message: string): void {
  const bytes = Buffer.from(`${message}\n`);
  try {
    writeDescriptor(2, "standard error", bytes, 0, bytes.length);
  } catch {
    // Nobody is listening; the exit code still tells.
  }
}
