import { descriptorSink, ExitCode, pumpChunks } from "@jn/wire";
import type { Command } from "../cli/command.ts";
import { programRecords } from "../stages/sh/program-records.ts";
import { passing } from "../streams/transcoding-stage.ts";

export const sh: Command = {
  name: "sh",
  summary: "run a program, and take what it prints as records",
  usage: "[--format FORMAT] PROGRAM [ARGUMENT...]",
  positionals: [1, Number.MAX_SAFE_INTEGER],
  details: [
    "Runs PROGRAM with its arguments, all that follow it; no shell sees them, and its standard input is empty. What it prints is read as\n" +
      "FORMAT: any that can be read, or columns (blanks between them, names on the first line), as ps, df and lsblk have it anyway. Other\n" +
      "programs: lines, {line, text}. A program that is declared for pipelines (see jn run) runs from where it is declared to be; as a stage of\n" +
      "jn run it has to be declared. When it fails, jn does, too, with exit code 3 and the last line of its standard error.",
  ],
  flags: [
    {
      name: "format",
      short: "f",
      values: ["FORMAT"],
      help: "how to read what it prints, with options: csv?delimiter=;",
    },
  ],
  namesProgram: true,
  addresses: "read",
  examples: [
    { title: "lines", command: "jn sh printf 'a\\nb\\n'", output: '{"line":1,"text":"a"}\n{"line":2,"text":"b"}\n' },
    {
      title: "another format",
      command: "jn sh --format 'csv?delimiter=;' printf 'x;y\\n1;2\\n'",
      output: '{"x":1,"y":2}\n',
    },
    {
      title: "columns",
      command: "jn sh ps -o pid,comm | jn head -n 1 | jn filter -c keys",
      output: '["COMMAND","PID"]\n',
    },
  ],
  async run({ positionals, flags, context }) {
    const [program = "", ...args] = positionals;
    const records = programRecords(program, args, flags.text("format"), context);
    await pumpChunks(records, passing, descriptorSink(1, "standard output"));
    return ExitCode.ok;
  },
};
