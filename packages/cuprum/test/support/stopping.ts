import { Writable } from "node:stream";
import type { RunOptions } from "cuprum";
import { processes } from "./processes.ts";

/** Options that cancel as soon as a text has been printed. They tap the output alone, no hop. */
export function stopAt(text: string, stream: "stdout" | "stderr" = "stdout"): RunOptions {
  const abort = new AbortController();
  let printed = "";
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      printed += chunk.toString();
      if (printed.includes(text)) abort.abort();
      printed = printed.slice(-text.length);
      done();
    },
  });
  return { signal: abort.signal, echo: { [stream]: sink } };
}

/** Options that cancel as soon as the first stage is in a state of /proc, such as `T`: stopped. */
export function stopAtState(state: string): RunOptions {
  const abort = new AbortController();
  return {
    signal: abort.signal,
    observers: [
      {
        onEvent(event) {
          if (event.phase !== "start" || event.stage.index !== 0) return;
          const timer = setInterval(() => {
            if (!processes().some((one) => one.pid === event.pid && one.state === state)) return;
            clearInterval(timer);
            abort.abort();
          }, 10);
        },
      },
    ],
  };
}
