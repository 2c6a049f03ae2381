import { ExitCode, WireError } from "@jn/wire";
import { commandNamed, loadCommands, RUN } from "../commands/registry.ts";
import { ThreepioError } from "../threepio-error.ts";
import { complain, print } from "./console.ts";
import { parseFlags } from "./flag.ts";
import { commandHelp, HELP, overview } from "./help.ts";
import { VERSION } from "./version.ts";

/**
 * Runs one command line, without the program's name, and returns its exit code. Prints its own errors. The only place where
 * errors become exit codes.
 */
export async function main(args: readonly string[]): Promise<number> {
  try {
    return await runCommandLine(args);
  } catch (error) {
    if (error instanceof WireError && error.code === "READER_LEFT") return ExitCode.readerLeft;
    if (error instanceof ThreepioError || error instanceof WireError) complain(`3pio: ${error.message}`);
    else {
      const stack = error instanceof Error ? error.stack : String(error);
      complain(`3pio: this is a defect in 3pio, please report it: ${stack}`);
    }
    return exitCodeOf(error);
  }
}

async function runCommandLine(args: readonly string[]): Promise<number> {
  const [first, second] = args;
  if (first === undefined || first === "--help" || first === "-h" || (first === "help" && second === undefined)) {
    print(overview(await loadCommands()));
    return ExitCode.ok;
  }
  if (first === "--version") {
    print(`3pio ${VERSION}\n`);
    return ExitCode.ok;
  }
  if (first === "help") return await runCommandLine([second!, "--help"]);
  // A test command may have any name; `3pio run -- verify` runs one that is called like a command of ours.
  const named = await commandNamed(first);
  const command = named ?? (await commandNamed(RUN))!;
  const own = named === undefined ? args : args.slice(1);
  const { flags, rest } = parseFlags(own, [...command.flags, HELP], command.takesCommand !== true);
  if (flags.has("help")) {
    print(commandHelp(command));
    return ExitCode.ok;
  }
  return await command.run({ flags, rest, cwd: process.cwd(), env: process.env });
}

function exitCodeOf(error: unknown): number {
  if (error instanceof WireError) return error.code === "IO" ? ExitCode.io : ExitCode.badData;
  if (!(error instanceof ThreepioError)) return ExitCode.general;
  // As shells do it, for a program that is not there.
  return error.code === "USAGE" ? ExitCode.usage : 127;
}
