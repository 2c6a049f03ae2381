import { closeSync, openSync, readSync } from "node:fs";
import { parse } from "smol-toml";
import { JnError } from "../../jn-error.ts";
import type { OptionSpec } from "../option.ts";
import type { Manifest, Mode } from "../plugin.ts";

/**
 * The manifest in the text of a plugin, which is not run for that: a block as in PEP 723, with a table `[tool.jn]`, in comments
 * that begin with `#` or `//`. undefined: there is none.
 *
 * @throws JnError `BAD_DATA`
 */
export function manifestInText(path: string): Manifest | undefined {
  const text = beginningOf(path);
  const block = /^(#|\/\/) \/\/\/ script[ \t]*\r?\n((?:\1(?:[ \t].*)?\r?\n)*?)\1 \/\/\/[ \t]*$/m.exec(text)?.[2];
  if (block === undefined) return undefined;
  let tool: unknown;
  try {
    tool = parse(block.replaceAll(/^(?:#|\/\/) ?/gm, ""))["tool"];
  } catch (error) {
    throw wrong(path, `its header is no TOML: ${error instanceof Error ? error.message.split("\n")[0] : ""}`);
  }
  const own = isObject(tool) ? tool["jn"] : undefined;
  return own === undefined ? undefined : manifestFrom(own, path);
}

/**
 * A manifest as data: `name, role, matches, modes, options, summary`.
 *
 * @throws JnError `BAD_DATA` that says which field is wrong
 */
export function manifestFrom(value: unknown, path: string): Manifest {
  if (!isObject(value)) throw wrong(path, "its manifest is no object");
  const { name, role = "format", matches = [], modes, options = [], summary = "" } = value;
  if (typeof name !== "string" || !/^[a-z][\w-]*$/i.test(name)) throw wrong(path, "'name' must be a word");
  if (role !== "format" && role !== "protocol" && role !== "codec")
    throw wrong(path, "'role' must be format, codec or protocol");
  if (!isTexts(matches)) throw wrong(path, "'matches' must be a list of patterns such as *.csv");
  const regular = matches.find((pattern) => /[\\^$|()]/.test(pattern));
  if (regular !== undefined)
    throw wrong(path, `'${regular}' looks like a regular expression; patterns are such as *.csv`);
  if (!isTexts(modes) || modes.length === 0 || !modes.every((mode) => MODES.get(role)!.includes(mode as Mode))) {
    throw wrong(path, `'modes' of a ${role} must be some of ${MODES.get(role)!.join(", ")}`);
  }
  if (typeof summary !== "string") throw wrong(path, "'summary' must be text");
  if (!Array.isArray(options)) throw wrong(path, "'options' must be a list");
  return {
    name,
    role,
    matches,
    modes: modes as Mode[],
    summary,
    options: options.map((one) => optionFrom(one, path)),
  };
}

function optionFrom(value: unknown, path: string): OptionSpec {
  if (!isObject(value) || typeof value["name"] !== "string") throw wrong(path, "an option needs a 'name'");
  const { name, kind = "text", help = "", choices = [] } = value;
  const known = KINDS.find((candidate) => candidate === kind);
  if (known === undefined) throw wrong(path, `the kind of option '${value["name"]}' must be ${KINDS.join(", ")}`);
  if (!isTexts(choices)) throw wrong(path, "'choices' must be texts");
  return { name, kind: known, help: String(help), ...(known === "choice" && { choices }) };
}

function beginningOf(path: string): string {
  const fd = openSync(path, "r");
  try {
    const buffer = Buffer.alloc(HEADER_BYTES);
    return buffer.toString("utf8", 0, readSync(fd, buffer, 0, HEADER_BYTES, 0));
  } finally {
    closeSync(fd);
  }
}

function wrong(path: string, problem: string): JnError {
  return new JnError("BAD_DATA", `the plugin ${path}: ${problem}`);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === "string");
}

const HEADER_BYTES = 16 * 1024;
const KINDS = ["text", "count", "boolean", "list", "choice"] as const;
const MODES: ReadonlyMap<unknown, readonly Mode[]> = new Map([
  ["format", ["read", "write", "profiles"]],
  ["codec", ["read", "write"]],
  ["protocol", ["raw", "profiles"]],
] as const);
