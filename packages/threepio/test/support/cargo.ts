import { spawnSync } from "node:child_process";
import { existsSync, realpathSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";

/** The environment in which the cargo on the path works; undefined when there is none that does. */
export function cargoEnvironment(): NodeJS.ProcessEnv | undefined {
  const folder = (process.env["PATH"] ?? "").split(delimiter).find((path) => existsSync(join(path, "cargo")));
  if (folder === undefined) return undefined;
  const program = join(folder, "cargo");
  // rustup looks for its toolchains under HOME, wherever it is installed itself; with another HOME it finds none.
  const besideIt = join(dirname(realpathSync(program)), "../../.rustup");
  const environments: NodeJS.ProcessEnv[] = [process.env, { ...process.env, RUSTUP_HOME: besideIt }];
  return environments.find((env) => spawnSync(program, ["-V"], { env, stdio: "ignore" }).status === 0);
}
