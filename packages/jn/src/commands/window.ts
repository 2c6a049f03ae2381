import { ExitCode } from "@jn/wire";
import { AGGREGATE_HELP } from "../aggregates/aggregate-list.ts";
import type { Command } from "../cli/command.ts";
import { usageError } from "../jn-error.ts";
import { throughStage } from "../stages/through-stage.ts";
import { windowOptions } from "../stages/window/window-settings.ts";
import { windowedRecords } from "../stages/window/windowed-records.ts";

export const window: Command = {
  name: "window",
  summary: "aggregates over windows of records, or of time",
  usage: "--size N|TIME [--every N|TIME] [--time FIELD] [--agg AGGREGATES] [ADDRESS...]",
  positionals: [0, Number.MAX_SAFE_INTEGER],
  details: [
    "Without --time, windows are of N records: start is the number of the first one, from 0, and the last one may be shorter. With --time,\n" +
      "they are of TIME (500ms, 10s, 5m, 1h, 1d) by a field with ISO text or seconds since 1970, begin at multiples of --every since 1970,\n" +
      "and those without records are left out. A window is printed when it is complete.",
    "With --every less than --size they overlap. Aggregates are those of jn group. Records must come in the order of time; one that belongs\n" +
      "to a window that was printed is an error.",
    "Memory: the aggregates of size / every parts of a window, or a few more, however many records there are.",
  ],
  flags: [
    { name: "size", short: "n", values: ["N"], help: "how much a window spans" },
    { name: "every", values: ["N"], help: "after how much the next one begins (default: the size)" },
    { name: "time", short: "t", values: ["FIELD"], help: "the field with the time" },
    { name: "agg", values: ["AGGREGATES"], help: AGGREGATE_HELP },
  ],
  addresses: "read",
  examples: [
    {
      title: "a moving average",
      command: "seq 4 | jn filter '{x: .}' | jn window --size 2 --every 1 --agg 'avg(x)'",
      output: '{"start":0,"end":2,"avg_x":1.5}\n{"start":1,"end":3,"avg_x":2.5}\n{"start":2,"end":4,"avg_x":3.5}\n',
    },
    {
      title: "by the minute",
      files: {
        "log.ndjson": '{"t":"2026-01-01T10:00:05Z"}\n{"t":"2026-01-01T10:00:50Z"}\n{"t":"2026-01-01T10:02:00Z"}\n',
      },
      command: "jn window --time t --size 1m --agg 'n: count' log.ndjson",
      output:
        '{"start":"2026-01-01T10:00:00.000Z","end":"2026-01-01T10:01:00.000Z","n":2}\n{"start":"2026-01-01T10:02:00.000Z","end":"2026-01-01T10:03:00.000Z","n":1}\n',
    },
  ],
  async run({ positionals, flags, context }) {
    const size = flags.text("size");
    if (size === undefined) throw usageError("say how large windows are: --size N");
    const [every, time, agg] = [flags.text("every"), flags.text("time"), flags.text("agg")];
    const stage = windowOptions({ size, every, time, agg });
    await throughStage(positionals, context, (about) => windowedRecords({ ...about, ...stage }));
    return ExitCode.ok;
  },
};
