/** What 3pio told this process through its environment. */
export interface Claim {
  readonly folder: string | undefined;
  readonly run: string | undefined;
  readonly durability: string | undefined;
}

/**
 * Takes our variables out of the environment, so that a test runner that a test starts does not report into this run. What
 * they said stays with the process: the first script of ours that is loaded claims it for all.
 */
export function claim(): Claim {
  const { env } = process;
  const shared = globalThis as { [CLAIM]?: Claim };
  const claimed = (shared[CLAIM] ??= {
    folder: env["THREEPIO_EVENTS"],
    run: env["THREEPIO_RUN"],
    durability: env["THREEPIO_DURABILITY"],
  });
  for (const name of ["THREEPIO_EVENTS", "THREEPIO_RUN"]) delete env[name];
  restore("NODE_OPTIONS", "THREEPIO_NODE_OPTIONS");
  restore("PYTEST_PLUGINS", "THREEPIO_PYTEST_PLUGINS");
  restore("PYTHONPATH", "THREEPIO_PYTHONPATH");
  return claimed;
}

/** Takes out of a variable what 3pio put there. */
function restore(name: string, added: string): void {
  const { env } = process;
  const ours = env[added];
  delete env[added];
  if (ours === undefined || ours === "" || env[name] === undefined) return;
  const rest = env[name].replace(ours, "").trim();
  if (rest === "") delete env[name];
  else env[name] = rest;
}

const CLAIM = Symbol.for("3pio.claim");
