import { constants } from "node:os";
import type { Command } from "../cli/command.ts";
import { print } from "../cli/console.ts";
import { atMost } from "../cli/positionals.ts";
import { usageError } from "../threepio-error.ts";

export const watch: Command = {
  name: "watch",
  summary: "show a run in the browser while it goes on",
  usage: "[RUN] [FLAG...]",
  details: [
    "Serves the page of 3pio report --format html on 127.0.0.1 and prints its address, which has a token: without it nothing is " +
      "answered. The page is brought up to date as tests end; of latest (the default) it goes on to the next run when that " +
      "begins. Ends with Ctrl-C.",
  ],
  flags: [{ name: "port", value: "N", help: "listen on this port (any that is free)" }],
  examples: [{ title: "in another terminal, while tests run", command: "3pio watch" }],
  async run({ flags, rest, cwd }) {
    const [name = "latest"] = atMost(rest, 1);
    const port = portOf(flags.get("port"));
    const { LiveRun } = await import("../watch/live-run.ts");
    const { servePage } = await import("../watch/page-server.ts");
    const run = new LiveRun(cwd, name);
    try {
      const server = await servePage(run, port);
      print(`${server.url}\n`);
      const signal = await signalled(() => {
        if (run.pull()) server.announce();
        // The page's data may take a quarter of the time.
        return Math.max(POLL_MS, 3 * server.dataMs());
      });
      server.close();
      return 128 + constants.signals[signal];
    } finally {
      run.close();
    }
  },
};

/** Works now and then until a signal comes; `work` says how many ms to wait then. */
async function signalled(work: () => number): Promise<NodeJS.Signals> {
  return await new Promise((resolve) => {
    let timer: NodeJS.Timeout | undefined;
    const end = (signal: NodeJS.Signals): void => {
      clearTimeout(timer);
      resolve(signal);
    };
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, end);
    const next = (): void => {
      timer = setTimeout(next, work());
    };
    next();
  });
}

const POLL_MS = 300;

function portOf(text: string | undefined): number {
  if (text === undefined) return 0;
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw usageError(`--port is a number up to 65535, not '${text}'`);
}
