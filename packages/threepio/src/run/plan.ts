import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { StreamSource } from "../journal/event.ts";
import { detect, type Detection } from "../runners/detection.ts";
import { OUTPUT_LOG } from "../reports/output-log.ts";
import { nodeOption } from "../runners/node-test.ts";

/** What will be started, before it is: 3pio explain prints it. */
export interface Plan {
  readonly detection: Detection;
  /** The rewritten command. */
  readonly command: readonly string[];
  /** Variables that are added to the environment, or changed in it. */
  readonly variables: ReadonlyMap<string, string>;
  /** The command's own output, where that is what is read. */
  readonly streams: readonly StreamSource[];
  /** The file in the run's folder that everything goes to that the command prints. */
  readonly stdout: string;
}

export interface PlanOptions {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Name of the runner; default: it is recognised. */
  readonly runner?: string | undefined;
}

/** Folder of the reporters, beside the program's own file. */
const REPORTERS = join(dirname(ownPath()), "../reporters");

/**
 * Decides what to start: the command, rewritten only where there is no other way, and the environment through which reporters
 * come in beside the user's own.
 *
 * @throws ThreepioError `USAGE`
 */
export function planOf(command: readonly string[], options: PlanOptions): Plan {
  const { cwd, env } = options;
  const detection = detect(command, cwd, options.runner);
  const { runner, words, isDirect, all } = detection;
  const nodeOptions = [nodeOption("--require", join(REPORTERS, "preload.cjs"))];
  const variables = new Map<string, string>();
  for (const [name, value] of runner?.environment?.(words, { reporters: REPORTERS, isDirect, all }) ?? []) {
    if (name === "NODE_OPTIONS") nodeOptions.push(value);
    // Flags that the user has set stay.
    else if (name === "GOFLAGS") variables.set(name, `${env[name] ?? ""} ${value}`.trim());
    else variables.set(name, value);
  }
  // What is added is also noted down, so that a reporter can take it out again for what the tests start.
  const add = (name: string, added: string, isFirst: boolean): void => {
    const before = env[name] ?? "";
    variables.set(name, isFirst ? added + before : before + added);
    variables.set(`THREEPIO_${name}`, added);
  };
  // Playwright has one variable for one more reporter; whoever uses it already keeps it.
  if ((env["PW_TEST_REPORTER"] ?? "") === "") variables.set("PW_TEST_REPORTER", join(REPORTERS, "playwright.cjs"));
  const has = (name: string): boolean => (env[name] ?? "") !== "";
  add("NODE_OPTIONS", `${has("NODE_OPTIONS") ? " " : ""}${nodeOptions.join(" ")}`, false);
  add("PYTEST_PLUGINS", `${has("PYTEST_PLUGINS") ? "," : ""}threepio_pytest`, false);
  add("PYTHONPATH", `${REPORTERS}${has("PYTHONPATH") ? ":" : ""}`, true);
  const { stream } = runner ?? {};
  return {
    detection,
    command: isDirect ? (runner?.rewrite?.(command) ?? command) : command,
    variables,
    streams: stream === undefined ? [] : [{ file: stream.file, format: stream.format }],
    stdout: stream?.file ?? OUTPUT_LOG,
  };
}

/** The bundle is CommonJS, the source an ES module; this works in both. */
function ownPath(): string {
  return typeof __filename === "string" ? __filename : fileURLToPath(import.meta.url);
}
