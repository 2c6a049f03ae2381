import { usageError } from "../jn-error.ts";
import { codecNamed, codecOfFile, formatNamed, formatOfFile, protocolOf } from "../plugins/lookup.ts";
import { type OptionSpec, OptionValues } from "../plugins/option.ts";
import { type CodecPlugin, type FormatPlugin, type Mode, optionsFor } from "../plugins/plugin.ts";
import type { Entry } from "../plugins/registry.ts";
import type { Paging } from "../profiles/paging.ts";
import type { NamedFilter } from "../profiles/profile-filter.ts";
import { didYouMean } from "../text/suggestion.ts";
import { type Address, type Place, placeName } from "./address.ts";
import type { QueryPart } from "./query.ts";

/** A place that can be opened: patterns and profiles are resolved. */
export type OpenPlace = Exclude<Place, { readonly kind: "glob" } | { readonly kind: "profile" }>;

/** What is going to happen at an address: all of it is decided, nothing has been opened. */
export interface Plan {
  readonly address: Address;
  readonly place: OpenPlace;
  /** How messages call it. */
  readonly name: string;
  /** undefined: the bytes will tell, or (`none`) they are not asked. */
  readonly codec: Entry<CodecPlugin> | "none" | undefined;
  /** undefined: the content of the URL will tell. */
  readonly format: FormatPlugin | undefined;
  readonly options: OptionValues;
  /** Only records are wanted that meet these. */
  readonly conditions: readonly QueryPart[];
  /** Header fields that a profile adds to requests. */
  readonly headers?: readonly (readonly [name: string, value: string])[];
  /** Whether a profile wants each record to say where it is from. */
  readonly meta?: boolean;
  /** A jq expression for the records in what a profile's source answers. */
  readonly records?: string | undefined;
  /** How the pages of a profile's source follow one another. */
  readonly pages?: Paging | undefined;
  /** What a profile does to each record. */
  readonly filter?: NamedFilter | undefined;
}

/** The options that everything has when it is read. */
export const READ_OPTIONS: readonly OptionSpec[] = [
  {
    name: "encoding",
    kind: "text",
    help: "decode the text from this encoding (latin1, utf-16le, ...); utf-8 accepts invalid bytes as U+FFFD",
  },
  {
    name: "codec",
    kind: "text",
    help: "the compression (gz, br, zst, xz, bz2, lz4), or none; by default the extension or the first bytes tell",
  },
  { name: "max-expand", kind: "count", help: "how many times its size compressed data may grow to, after 10 MB (100)" },
];

/** The options that everything has when it is written. */
export const WRITE_OPTIONS: readonly OptionSpec[] = [
  {
    name: "codec",
    kind: "text",
    help: "compress (gz, br, zst, xz, bz2, lz4), or none; by default the extension tells",
  },
];

/**
 * What reading an address means: one plan for each file that a pattern fits.
 *
 * @param standard how messages call the standard stream
 * @throws JnError `USAGE`, WireError `IO` when a pattern fits no file
 */
export async function planReading(address: Address, standard: string): Promise<readonly Plan[]> {
  const { place } = address;
  if (place.kind === "glob") {
    const { filesMatching } = await import("./glob.ts");
    const paths = await filesMatching(place.pattern);
    return await Promise.all(
      paths.map(async (path) => await planOf(address, { kind: "file", path }, path, "read", READ_OPTIONS)),
    );
  }
  if (place.kind === "profile") {
    const { profileAddress } = await import("../profiles/profile-address.ts");
    const { address: meant, ...more } = await profileAddress(address, place.name, place.params);
    return (await planReading(meant, standard)).map((plan) => ({ ...plan, ...more }));
  }
  const protocol = place.kind === "url" ? await protocolOf(place.url) : undefined;
  if (place.kind === "url" && protocol === undefined) {
    throw usageError(
      `${placeName(address, standard)}: '${place.scheme}' addresses are not supported; fetch it and pipe it to jn cat -`,
    );
  }
  const general = protocol === undefined ? READ_OPTIONS : [...READ_OPTIONS, ...protocol.options];
  return [await planOf(address, place, placeName(address, standard), "read", general)];
}

/**
 * What writing to an address means.
 *
 * @throws JnError `USAGE`
 */
export async function planWriting(address: Address, standard: string): Promise<Plan> {
  const { place, text } = address;
  if (place.kind !== "standard" && place.kind !== "descriptor" && place.kind !== "file") {
    throw usageError(`${text}: only files and standard output can be written`);
  }
  return await planOf(address, place, placeName(address, standard), "write", WRITE_OPTIONS);
}

async function planOf(
  address: Address,
  place: OpenPlace,
  name: string,
  mode: Mode,
  general: readonly OptionSpec[],
): Promise<Plan> {
  const { text } = address;
  const fileName = fileNameOf(place);
  const compressed = fileName === undefined ? undefined : await codecOfFile(fileName);
  const format = await formatOf(address, place, compressed?.inner ?? fileName);
  if (format !== undefined && (mode === "read" ? format.read : format.write) === undefined) {
    throw usageError(`${text}: ${format.name} can be ${mode === "read" ? "written, not read" : "read, not written"}`);
  }
  const specs = [...(format === undefined ? [] : optionsFor(format, mode)), ...general];
  const { options, conditions } = sorted(text, withVariant(address, format), specs, mode);
  const codec = options.text("codec");
  return {
    address,
    place,
    name,
    format,
    options,
    conditions,
    codec: codec === undefined ? compressed?.codec : codec === "none" ? "none" : await codecNamed(codec, text),
  };
}

async function formatOf(
  address: Address,
  place: OpenPlace,
  fileName: string | undefined,
): Promise<FormatPlugin | undefined> {
  const { format: name, text } = address;
  if (name !== undefined) return await formatNamed(name, text);
  if (fileName === undefined) return await formatNamed("ndjson", text);
  const format = await formatOfFile(fileName);
  if (format !== undefined || place.kind === "url") return format;
  if (/\.zip$/i.test(fileName))
    throw usageError(
      `${text}: an archive is neither read nor written as a whole; name one of its members, to read it: ${text}!data.csv`,
    );
  const dot = fileName.lastIndexOf(".");
  const why = dot > 0 ? `'${fileName.slice(dot)}' is no extension of a known format` : "the name has no extension";
  const example = `${place.kind === "file" ? place.path : text}~csv`;
  throw usageError(`${text}: ${why}; name the format: ${example} (or tsv, json, ndjson, ...)`);
}

/** The name that may have extensions; undefined for a place that has none. */
function fileNameOf(place: OpenPlace): string | undefined {
  switch (place.kind) {
    case "file":
      return place.path.slice(place.path.lastIndexOf("/") + 1);
    case "member":
      return place.member.slice(place.member.lastIndexOf("/") + 1);
    case "url": {
      const path = place.url.replace(/[?#].*$/s, "").replace(/^[^:]+:\/\/[^/]*/, "");
      return path.slice(path.lastIndexOf("/") + 1);
    }
    case "standard":
      return undefined;
    case "descriptor":
      return undefined;
  }
}

function withVariant(address: Address, format: FormatPlugin | undefined): readonly QueryPart[] {
  const { variant, query, text } = address;
  if (variant === undefined) return query;
  if (format?.variant === undefined)
    throw usageError(`${text}: ${format?.name ?? ""} has no variants such as '.${variant}'`);
  return [{ name: format.variant, operator: "=", value: variant }, ...query];
}

/**
 * Sorts a query into options, which have a name that is known, and conditions on fields, which have any other. `.name` is
 * always a field. A name that is nearly that of an option is taken for a mistake.
 */
function sorted(
  text: string,
  query: readonly QueryPart[],
  specs: readonly OptionSpec[],
  mode: Mode,
): { readonly options: OptionValues; readonly conditions: readonly QueryPart[] } {
  const values = new Map<string, string>();
  const conditions: QueryPart[] = [];
  for (const part of query) {
    const isOption = specs.some((spec) => spec.name === part.name);
    if (mode === "read" && !isOption && part.operator !== undefined) {
      requireNoMistake(text, part, specs);
      conditions.push(part);
      continue;
    }
    if (isOption && part.operator !== "=" && part.operator !== undefined) {
      throw usageError(`${text}: '${part.name}' is an option here; for the field of that name write .${part.name}`);
    }
    if (values.has(part.name)) throw usageError(`${text}: the option '${part.name}' is there twice`);
    values.set(part.name, part.value);
  }
  return { options: new OptionValues(values, specs, text), conditions };
}

function requireNoMistake(text: string, { name, operator }: QueryPart, specs: readonly OptionSpec[]): void {
  if (name.startsWith(".") || operator !== "=") return;
  const suggestion = didYouMean(
    name,
    specs.map((spec) => spec.name),
  );
  if (suggestion === "") return;
  throw usageError(`${text}: there is no option '${name}' here${suggestion}; for a field of that name write .${name}=`);
}
