import { constants, fstatSync, statSync } from "node:fs";
import { ioError } from "@jn/wire";
import { formatNamed, requireFormat } from "../formats/registry.ts";
import type { Format } from "../formats/format.ts";
import { JnError, usageError } from "../jn-error.ts";

/** Where records come from or go to. */
export interface Address {
  /** As it was typed. */
  readonly text: string;
  /** Where: standard input or output, a descriptor that is open already, or a file. */
  readonly place: { readonly kind: "standard" } | { readonly kind: "descriptor"; readonly fd: number } | FilePlace;
  readonly format: Format;
  /** The `?name=value` options, decoded, not yet checked. */
  readonly options: ReadonlyMap<string, string>;
}

export interface FilePlace {
  readonly kind: "file";
  readonly path: string;
}

/**
 * Reads an address: `path[~format][?option=value&...]`, or `-` for standard input or output.
 *
 * The format is the one after the last `~`, else that of the extension; standard input and output, and descriptors
 * (`/dev/fd/N`, `<(command)`), are NDJSON unless it says otherwise. Option values are percent-decoded, paths are not. A file
 * that is called exactly as typed, `?` and `~` included, is that file.
 *
 * @throws JnError `USAGE`
 */
export function parseAddress(text: string): Address {
  if (text === "") throw usageError("an address is empty; use - for standard input or output");
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text);
  if (scheme !== null)
    throw usageError(`${text}: '${scheme[1]}' addresses are not supported; fetch it and pipe it to jn cat -`);
  if (isFile(text)) return { text, place: placeOf(text), format: formatOfPath(text, text), options: new Map() };
  const queryAt = text.indexOf("?");
  const before = queryAt < 0 ? text : text.slice(0, queryAt);
  const options = queryAt < 0 ? new Map<string, string>() : parseOptions(text, text.slice(queryAt + 1));
  const tilde = before.lastIndexOf("~");
  const suffix = tilde < 0 ? "" : before.slice(tilde + 1);
  if (tilde > 0 && /^[A-Za-z][A-Za-z0-9]*$/.test(suffix)) {
    return { text, place: placeOf(before.slice(0, tilde)), format: requireFormat(suffix, text), options };
  }
  return { text, place: placeOf(before), format: formatOfPath(before, text), options };
}

/** How messages call the place: the path, or the standard stream. */
export function placeName(address: Address, standard: string): string {
  const { place } = address;
  if (place.kind === "standard") return standard;
  return place.kind === "descriptor" ? `descriptor ${place.fd}` : place.path;
}

/**
 * The same number, if a file, pipe, device or socket is open there. Node keeps descriptors of its own that are none of
 * these (epoll, eventfd); to read one of them would stop the program for ever.
 *
 * @throws WireError `IO`
 */
export function usableDescriptor(fd: number): number {
  let mode;
  try {
    mode = fstatSync(fd).mode;
  } catch (error) {
    throw ioError("use", `descriptor ${fd}`, error);
  }
  if ((mode & constants.S_IFMT) !== 0) return fd;
  throw ioError("use", `descriptor ${fd}`, "nobody opened it for jn");
}

function placeOf(path: string): Address["place"] {
  if (path === "-") return { kind: "standard" };
  const descriptor = /^\/dev\/(?:fd\/(\d+)|(stdin|stdout|stderr))$/.exec(path);
  if (descriptor === null) return { kind: "file", path };
  return { kind: "descriptor", fd: Number(descriptor[1] ?? ["stdin", "stdout", "stderr"].indexOf(descriptor[2]!)) };
}

function formatOfPath(path: string, text: string): Format {
  if (placeOf(path).kind !== "file") return formatNamed("ndjson")!;
  const name = path.slice(path.lastIndexOf("/") + 1);
  const dot = name.lastIndexOf(".");
  const extension = dot > 0 ? name.slice(dot + 1) : "";
  const format = formatNamed(extension);
  if (format !== undefined) return format;
  if (COMPRESSED.has(extension.toLowerCase())) {
    throw usageError(`${text}: compressed files are not read directly; unpack it: zcat FILE | jn cat -~csv`);
  }
  const why = extension === "" ? "the name has no extension" : `'.${extension}' is no extension of a known format`;
  throw usageError(`${text}: ${why}; name the format: ${path}~csv (or tsv, json, ndjson)`);
}

function parseOptions(text: string, query: string): Map<string, string> {
  const options = new Map<string, string>();
  for (const part of query.split("&")) {
    if (part === "") continue;
    const equals = part.indexOf("=");
    const name = decode(text, equals < 0 ? part : part.slice(0, equals));
    if (options.has(name)) throw usageError(`${text}: the option '${name}' is there twice`);
    options.set(name, equals < 0 ? "" : decode(text, part.slice(equals + 1)));
  }
  return options;
}

function decode(text: string, part: string): string {
  try {
    return decodeURIComponent(part);
  } catch (error) {
    throw new JnError("USAGE", `${text}: '${part}' is no valid percent-encoding; write a literal % as %25`, {
      cause: error,
    });
  }
}

function isFile(path: string): boolean {
  if (!path.includes("?") && !path.includes("~")) return false;
  try {
    return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
  } catch {
    // It cannot be looked at (ENOTDIR, EACCES, ELOOP): opening what the address names will say why.
    return false;
  }
}

const COMPRESSED: ReadonlySet<string> = new Set(["gz", "bz2", "xz", "zst", "zip", "lz4", "br"]);
