import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { ioError } from "@jn/wire";
import { usageError } from "../jn-error.ts";
import { dataFolder } from "../plugins/plugin-folders.ts";
import { didYouMean } from "../text/suggestion.ts";
import { mistake, parseLine, parsePipeline, type PipelineText, type Word } from "./pipeline-text.ts";

/** A parameter of a pipeline; without a default it must be given. */
export interface PipelineParameter {
  readonly name: string;
  readonly fallback: string | undefined;
}

/** A pipeline in a file: comments, lines `param NAME [= DEFAULT]`, then stages. */
export interface PipelineFile {
  readonly source: PipelineText;
  readonly parameters: readonly PipelineParameter[];
  /** Its first comment. */
  readonly description: string | undefined;
  /** Where its stages begin. */
  readonly from: number;
}

/** The file of the pipeline with this name: the nearest `.jn/pipelines` here or above, then the user's data folder. */
export function pipelineNamed(name: string): string | undefined {
  if (!NAME.test(name) || name.includes("..")) return undefined;
  return pipelineFolders()
    .map((folder) => join(folder, `${name}.jn`))
    .find((path) => existsSync(path));
}

/** Every name, and its file; the nearest one wins. */
export function pipelineNames(): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const folder of pipelineFolders()) {
    for (const entry of readdirSync(folder, { recursive: true, encoding: "utf8" }).toSorted()) {
      const name = entry.endsWith(".jn") ? entry.slice(0, -".jn".length) : "";
      if (NAME.test(name) && !found.has(name)) found.set(name, join(folder, entry));
    }
  }
  return found;
}

/** @throws JnError `USAGE` with the place, WireError `IO` */
export function readPipelineFile(path: string): PipelineFile {
  const source = { text: textOf(path), name: shownPath(path) };
  const parameters: PipelineParameter[] = [];
  let from = 0;
  while (from < source.text.length && /^[ \t]*(?:#|\r?$|param\b)/m.test(lineAt(source.text, from))) {
    const { words, end } = parseLine(source, from);
    if (words.length > 0) parameters.push(parameterOf(words, source, parameters));
    from = end;
  }
  const description = /^\s*#+[ \t]*(?!!)(.*)$/m.exec(source.text.slice(0, from))?.[1];
  return { source, parameters, description, from };
}

/**
 * The stages with the parameters filled in. What is no parameter is a variable of the environment, as in profiles.
 *
 * @param given `NAME=VALUE` each
 * @throws JnError `USAGE`
 */
export function stagesOf(file: PipelineFile, given: readonly string[]): readonly (readonly Word[])[] {
  const { source, parameters } = file;
  const names = parameters.map(({ name }) => name);
  const values = new Map<string, string | undefined>(parameters.map(({ name, fallback }) => [name, fallback]));
  for (const one of given) {
    const [, name, value] = /^(\w+)=(.*)$/s.exec(one) ?? [];
    if (name === undefined) throw usageError(`'${one}' is no parameter; they are written NAME=VALUE`);
    if (!values.has(name)) {
      const known = names.length === 0 ? "it has none" : `it has ${names.join(", ")}`;
      throw usageError(`${source.name}: there is no parameter '${name}'${didYouMean(name, names)}; ${known}`);
    }
    values.set(name, value);
  }
  for (const [name, value] of values) {
    if (value === undefined) throw usageError(`${source.name}: the parameter '${name}' is missing; add ${name}=...`);
  }
  return parsePipeline(source, (name) => values.get(name) ?? process.env[name], file.from);
}

function pipelineFolders(): readonly string[] {
  const found: string[] = [];
  for (let at = process.cwd(); ; at = dirname(at)) {
    found.push(join(at, ".jn/pipelines"));
    if (dirname(at) === at) break;
  }
  found.push(join(dataFolder(), "pipelines"));
  return found.filter((folder) => existsSync(folder));
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw ioError("read the pipeline from", path, error);
  }
}

function lineAt(text: string, from: number): string {
  const end = text.indexOf("\n", from);
  return text.slice(from, end < 0 ? text.length : end);
}

function parameterOf(
  words: readonly Word[],
  source: PipelineText,
  before: readonly PipelineParameter[],
): PipelineParameter {
  const [keyword, name, ...rest] = words.map(({ text }) => text);
  const [, attached, value] = /^(\w+)=(.*)$/s.exec(name ?? "") ?? [];
  const isPlain = attached === undefined && (rest.length === 0 || (rest.length === 2 && rest[0] === "="));
  const isAttached = attached !== undefined && rest.length === 0;
  if (keyword !== "param" || !/^\w+$/.test(attached ?? name ?? "") || !(isPlain || isAttached))
    throw mistake(source, words[0]!.at, "a parameter is declared by: param NAME, or: param NAME = DEFAULT");
  const parameter = { name: attached ?? name!, fallback: isAttached ? value : rest[1] };
  if (before.some((one) => one.name === parameter.name))
    throw mistake(source, words[1]!.at, `the parameter '${parameter.name}' is there twice`);
  return parameter;
}

/** A path below the current folder as it would be typed. */
function shownPath(path: string): string {
  const below = relative(process.cwd(), path);
  return below.startsWith("..") ? path : below;
}

const NAME = /^[\w-]+(?:\/[\w.-]+)*$/;
