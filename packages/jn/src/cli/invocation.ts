import { MAX_RECORD_BYTES } from "@jn/wire";
import { usageError } from "../jn-error.ts";
import { parseArguments } from "./arguments.ts";
import type { Command, CommandTable, Invocation } from "./command.ts";
import { flagsOf } from "./common-flags.ts";

/**
 * Checks arguments against what the command says of itself. With `--help` only the flags are.
 *
 * @throws JnError `USAGE`
 */
export function invocationOf(
  command: Command,
  args: readonly string[],
  warn: Invocation["warn"],
  commands: CommandTable,
): Invocation {
  const { flags, positionals } = parseArguments(args, flagsOf(command), command.namesProgram);
  const maxRecordBytes = flags.count("max-record-bytes", MAX_RECORD_BYTES);
  const invocation = { positionals, flags, warn, commands, context: { maxRecordBytes, bad: undefined, warn } };
  if (flags.has("help")) return invocation;
  if (maxRecordBytes === 0) throw usageError("--max-record-bytes must be 1 or more");
  const [least, most] = command.positionals;
  if (positionals.length < least || positionals.length > most) {
    const problem = positionals.length < least ? "something is missing" : `'${positionals[most]}' is too much`;
    throw usageError(`${problem}; usage: ${`jn ${command.name} ${command.usage}`.trimEnd()}`);
  }
  return invocation;
}
