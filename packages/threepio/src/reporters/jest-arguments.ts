import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A reporter of a configuration: its name or path, and its options. */
type Configured = readonly [name: string, options: unknown];

/** Reporters that jest has itself; they need no options. */
const OWN = new Set(["default", "verbose", "summary", "github-actions", "agent"]);

/**
 * Adds our reporter. Naming reporters on the command line replaces those of the configuration: these are named, too, or, if
 * they have options, brought back by ours.
 */
export function injectJest(args: readonly string[], folder: string): readonly string[] {
  if (args.some((argument) => /^--(?:listTests|showConfig|init|clearCache|version|help)$/.test(argument))) return args;
  const ours = `--reporters=${join(folder, "jest.cjs")}`;
  if (args.some((argument) => argument.startsWith("--reporters"))) return atEnd(args, [ours]);
  const configured = configuredReporters(args);
  const proxied = configured.filter(([name]) => !OWN.has(name));
  if (proxied.length > 0) process.env["THREEPIO_JEST_REPORTERS"] = JSON.stringify(proxied);
  const own = configured.filter(([name]) => OWN.has(name)).map(([name]) => `--reporters=${name}`);
  return atEnd(args, [...own, ours]);
}

/** Behind everything but `--` and what follows: jest takes every word after `--reporters` for a reporter. */
function atEnd(args: readonly string[], added: readonly string[]): readonly string[] {
  const end = args.includes("--") ? args.indexOf("--") : args.length;
  return [...args.slice(0, end), ...added, ...args.slice(end)];
}

/** What jest's configuration names; asked of jest itself, but only if some configuration speaks of reporters at all. */
function configuredReporters(args: readonly string[]): readonly Configured[] {
  const usual: readonly Configured[] = [["default", {}]];
  if (!speaksOfReporters(args)) return usual;
  const folder = mkdtempSync(join(tmpdir(), "3pio-jest-"));
  try {
    const path = join(folder, "config.json");
    const env = { ...process.env };
    delete env["THREEPIO_EVENTS"];
    const [program = "jest"] = process.argv.slice(1);
    const { status } = spawnSync(process.execPath, [program, "--showConfig", ...args], {
      env,
      stdio: ["ignore", openSync(path, "w"), "ignore"],
    });
    if (status !== 0) return usual;
    const text = readFileSync(path, "utf8");
    const { globalConfig } = JSON.parse(text.slice(text.indexOf("{"))) as {
      readonly globalConfig?: { readonly reporters?: readonly Configured[] };
    };
    return globalConfig?.reporters ?? usual;
  } catch {
    // Jest itself will say what is wrong with the configuration.
    return usual;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function speaksOfReporters(args: readonly string[]): boolean {
  const cwd = process.cwd();
  const at = args.findIndex((argument) => argument === "--config" || argument === "-c");
  const named = args.find((argument) => argument.startsWith("--config="))?.slice("--config=".length) ?? args[at + 1];
  const files = readdirSync(cwd).filter((name) => /^(?:jest\.config\..*|package\.json)$/.test(name));
  return [...files, ...(at >= 0 || named !== undefined ? [named ?? ""] : [])].some(
    (file) => existsSync(file) && readFileSync(file, "utf8").includes("reporters"),
  );
}
