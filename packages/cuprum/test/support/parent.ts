import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runningWith, uniqueSeconds } from "./processes.ts";
import { until } from "./raw-pipe.ts";

/** A process of its own that uses cuprum, and what it leaves behind. */
export interface Parent {
  readonly pid: number;
  /** A child, or a guard, runs a moment before the guard knows all: they are of one turn of the event loop, and this waits for the next. */
  readonly turn: () => Promise<void>;
  /** Settles when it has ended: with its exit code or signal, and what it printed. */
  readonly ended: Promise<{ readonly how: number | string | null; readonly printed: string }>;
  /** What it has started is known by this number of seconds. */
  readonly seconds: string;
  /** Temporary files and folders of it. */
  readonly leftovers: () => readonly string[];
}

/** What the parent prints at every turn of its event loop. */
const TURN = "a turn\n";

const index = new URL("../../src/index.js", import.meta.url).href;

/**
 * Starts a script that has `cuprum` and `seconds`, and waits until as many processes run that bear the seconds in their command line. `use` gets it; after
 * that everything is removed.
 */
export async function withParent(
  script: string,
  count: number,
  use: (parent: Parent) => Promise<void>,
  args: readonly string[] = [],
): Promise<void> {
  const seconds = uniqueSeconds();
  const folder = mkdtempSync(join(tmpdir(), "cuprum-test-"));
  const source = `const cuprum = await import(${JSON.stringify(index)});
const seconds = ${JSON.stringify(seconds)};
const sh = cuprum.defineCatalogue({ p: { programs: ["sh"] } }).make("sh");
setInterval(() => process.stdout.write(${JSON.stringify(TURN)}), 5).unref();
${script}`;
  const child = spawn(process.execPath, [...args, "--input-type=module", "-e", source], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, TMPDIR: folder },
    detached: true,
  });
  let printed = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => (printed += chunk.toString()));
  const ended = new Promise<{ how: number | string | null; printed: string }>((resolve) =>
    child.once("close", (code, signal) => resolve({ how: code ?? signal, printed: printed.replaceAll(TURN, "") })),
  );
  const { pid } = child;
  if (pid === undefined) throw new Error("the parent did not start");
  const own = (): number => runningWith(seconds).filter((one) => one.pid !== pid).length;
  const turns = (): number => printed.split(TURN).length - 1;
  const turn = (): Promise<void> => {
    const before = turns();
    return until(() => turns() > before + 1, `the parent takes another turn; it says ${printed}`);
  };
  try {
    await until(() => own() >= count, `${count} processes run: ${own()} do, and the parent says ${printed}`);
    if (count > 0) await turn();
    await use({ pid, turn, ended, seconds, leftovers: () => readdirSync(folder) });
  } finally {
    for (const one of runningWith(seconds)) process.kill(one.pid, "SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Waits until nothing runs any more that a parent had started. */
export async function untilChildrenAreGone({ seconds }: Parent): Promise<void> {
  await until(() => runningWith(seconds).length === 0, `its children have ended`);
}
