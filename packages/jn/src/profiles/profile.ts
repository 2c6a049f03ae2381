import { existsSync, readFileSync, realpathSync, statSync } from "node:fs";
import { join, relative, resolve, sep } from "node:path";
import { ByteSink } from "@jn/wire";
import { jsonReader } from "../formats/json/json-reader.ts";
import { JnError, usageError } from "../jn-error.ts";
import { didYouMean } from "../text/suggestion.ts";
import { type Paging, pagingFrom } from "./paging.ts";
import type { ProfileFolder } from "./profile-folders.ts";

/** A named source: what its file, and the `_meta.json` of the folders above it, say together. */
export interface Profile {
  /** `namespace/name`. */
  readonly name: string;
  readonly type: "http" | "file" | "filter";
  /** The file that describes it. */
  readonly file: string;
  /** The folder that relative patterns start from: the one with `.jn`, or the profile's own. */
  readonly base: string;
  readonly description: string | undefined;
  /** A jq expression: what a filter is, or what a source does to each of its records. `params` are its variables. */
  readonly filter: string | undefined;
  /** http: a jq expression for the records in an answer. */
  readonly records: string | undefined;
  /** http: how pages follow one another. */
  readonly pages: Paging | undefined;
  /** http: where it is; `path` may have `{param}`. */
  readonly baseUrl: string | undefined;
  readonly path: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly params: Readonly<Record<string, string>>;
  /** file: which files. */
  readonly pattern: string | undefined;
  /** file: conditions, as in an address. */
  readonly query: string | undefined;
  /** file: whether each record says where it is from. */
  readonly meta: boolean;
  readonly format: string | undefined;
  /** Options of the format and the protocol. */
  readonly options: Readonly<Record<string, string>>;
}

/** The profile that is described there, variables not yet filled in. @throws JnError `USAGE` when it is wrong, with its file and place */
export function readProfile(name: string, { folder, base }: ProfileFolder): Profile {
  const file = join(folder, `${name}.json`);
  const parts = name.split("/").slice(0, -1);
  const metas = parts.map((_, index) => join(folder, ...parts.slice(0, index + 1), "_meta.json")).filter(existsSync);
  const merged = [...metas, file].map((path) => readObject(path, folder)).reduce(mergedObjects, {});
  return checkedProfile(name, file, base, merged);
}

/**
 * The text with `${VAR}` and `${VAR:-default}` filled in from the environment.
 *
 * @throws JnError `USAGE` for a variable that is not set and has no default
 */
export function withVariables(text: string, profile: Profile): string {
  return text.replaceAll(/\$\{(\w+)(?::-([^}]*))?\}/g, (_whole, variable: string, fallback: string | undefined) => {
    const value = process.env[variable] ?? fallback;
    if (value !== undefined) return value;
    throw usageError(
      `@${profile.name}: the variable ${variable} is not set (${shownPath(profile.file)}); set it, or give a default: \${${variable}:-...}`,
    );
  });
}

/** A path below the current folder as it would be typed. */
function shownPath(path: string): string {
  const below = relative(process.cwd(), path);
  return below.startsWith("..") ? path : below;
}

/** What says what a profile is, as data. @throws JnError `USAGE` that names the file */
export function checkedProfile(name: string, file: string, base: string, value: JsonObject): Profile {
  const wrong = (problem: string): JnError => usageError(`${shownPath(file)}: ${problem}`);
  for (const key of Object.keys(value)) {
    if (!KEYS.includes(key))
      throw wrong(`there is no field '${key}'${didYouMean(key, KEYS)}; there are: ${KEYS.join(", ")}`);
  }
  const text = (key: string): string | undefined => {
    const member = value[key];
    if (member === undefined || typeof member === "string") return member;
    throw wrong(`'${key}' must be text`);
  };
  const table = (key: string): Readonly<Record<string, string>> => {
    const member = value[key] ?? {};
    if (!isObject(member)) throw wrong(`'${key}' must be an object`);
    return Object.fromEntries(
      Object.entries(member).map(([field, content]) => {
        if (typeof content !== "string" && typeof content !== "number" && typeof content !== "boolean")
          throw wrong(`'${key}.${field}' must be text, a number or a boolean`);
        return [field, String(content)];
      }),
    );
  };
  const meta = value["meta"] ?? false;
  if (typeof meta !== "boolean") throw wrong("'meta' must be true or false");
  const type = text("type") ?? typeOf(value);
  if (type !== "http" && type !== "file" && type !== "filter")
    throw wrong(`'type' is http, file or filter, not '${type}'`);
  if (type === "http" && text("base_url") === undefined) throw wrong("'base_url' is missing");
  if (type === "file" && text("pattern") === undefined) throw wrong("'pattern' is missing");
  if (type === "filter" && text("filter") === undefined) throw wrong("'filter', the jq expression, is missing");
  const paging = (): Paging | undefined => {
    const pages = value["pages"];
    if (pages === undefined) return undefined;
    if (!isObject(pages)) throw wrong("'pages' must be an object");
    try {
      return pagingFrom(pages);
    } catch (error) {
      throw wrong((error as Error).message);
    }
  };
  return {
    name,
    type,
    file,
    base: resolve(base),
    description: text("description"),
    filter: text("filter"),
    records: text("records"),
    pages: paging(),
    baseUrl: text("base_url"),
    path: text("path"),
    headers: table("headers"),
    params: table("params"),
    pattern: text("pattern"),
    query: text("query"),
    meta,
    format: text("format"),
    options: table("options"),
  };
}

function typeOf(value: JsonObject): string {
  if (value["base_url"] !== undefined) return "http";
  return value["pattern"] === undefined && value["filter"] !== undefined ? "filter" : "file";
}

interface JsonObject {
  readonly [key: string]: unknown;
}

function readObject(file: string, folder: string): JsonObject {
  requireInside(file, folder);
  const text = readFileSync(file, "utf8");
  requireJson(text, file);
  const value: unknown = JSON.parse(text);
  if (isObject(value)) return value;
  throw usageError(`${shownPath(file)}: a profile is an object`);
}

/** A folder that came from elsewhere must not make other files known, by links. @throws JnError `USAGE` */
function requireInside(file: string, folder: string): void {
  const path = realpathSync(file);
  if (!path.startsWith(realpathSync(folder) + sep))
    throw usageError(
      `${shownPath(file)}: it leads out of ${shownPath(folder)}, which is not followed; put a copy there`,
    );
  if (!statSync(path).isFile()) throw usageError(`${shownPath(file)}: it is no regular file`);
}

/** Our own reader says where the text is wrong. @throws JnError `USAGE` */
function requireJson(text: string, file: string): void {
  const reader = jsonReader({ source: shownPath(file) });
  const nowhere = new ByteSink(() => undefined);
  try {
    reader.push(Buffer.from(text), nowhere);
    reader.end(nowhere);
  } catch (error) {
    throw error instanceof JnError ? new JnError("USAGE", error.message, { cause: error }) : error;
  }
}

/** Deeply; what is no object is replaced. */
function mergedObjects(left: JsonObject, right: JsonObject): JsonObject {
  const merged = new Map(Object.entries(left));
  for (const [key, value] of Object.entries(right)) {
    const before = merged.get(key);
    merged.set(key, isObject(before) && isObject(value) ? mergedObjects(before, value) : value);
  }
  return Object.fromEntries(merged);
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const KEYS = [
  "type",
  "description",
  "filter",
  "records",
  "pages",
  "base_url",
  "path",
  "headers",
  "params",
  "pattern",
  "query",
  "meta",
  "format",
  "options",
];
