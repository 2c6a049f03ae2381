import { ExitCode } from "@jn/wire";
import type { Command } from "../cli/command.ts";
import { usageError } from "../jn-error.ts";
import { recordsAtRate, reservoir } from "../stages/sample/sampled-records.ts";
import { throughStage } from "../stages/through-stage.ts";

export const sample: Command = {
  name: "sample",
  summary: "pass on some records, at random",
  usage: "(-n N | --rate R) [--seed S] [ADDRESS...]",
  positionals: [0, Number.MAX_SAFE_INTEGER],
  details: [
    "With -n, N records at the end of the input, each set of them as likely as any other; it holds these, up to --max-bytes. With\n" +
      "--rate, each record with this probability, as it comes. The order stays. The same seed and input give the same records.",
  ],
  flags: [
    { name: "lines", short: "n", values: ["N"], help: "how many records" },
    { name: "rate", values: ["R"], help: "how large a part, from 0 to 1, such as 0.01" },
    { name: "seed", values: ["S"], help: "a whole number (default: another one each time)" },
    { name: "max-bytes", values: ["SIZE"], help: "most memory for the records of -n (default 512M); more is an error" },
  ],
  addresses: "read",
  examples: [
    { title: "three of a thousand", command: "seq 1000 | jn sample -n 3 --seed 1 | wc -l | tr -d ' '", output: "3\n" },
    { title: "all of them", command: "seq 3 | jn sample --rate 1", output: "1\n2\n3\n" },
  ],
  async run({ positionals, flags, context }) {
    const rate = flags.text("rate");
    if ((rate === undefined) === (flags.text("lines") === undefined)) throw usageError("say one of -n N and --rate R");
    const seed = flags.text("seed") === undefined ? Math.floor(Math.random() * 2 ** 32) : flags.count("seed", 0);
    const share = Number(rate);
    if (rate !== undefined && !(rate !== "" && share >= 0 && share <= 1))
      throw usageError(`--rate is from 0 to 1, not '${rate}'`);
    const maxBytes = flags.count("max-bytes", MAX_SAMPLE_BYTES);
    await throughStage(positionals, context, (about) =>
      rate === undefined
        ? reservoir(flags.count("lines", 0), seed, { ...about, maxBytes })
        : recordsAtRate(share, seed, about),
    );
    return ExitCode.ok;
  },
};

const MAX_SAMPLE_BYTES = 512 * 1024 * 1024;
