import { type ByteSink, WireError } from "@jn/wire";
import type { PageSeen } from "../address/page-stages.ts";
import type { Plan } from "../address/plan.ts";
import type { Reader } from "../address/records-in.ts";
import { binaryFormatOfBytes, codecOfBytes } from "../codecs/magic.ts";
import { usageError } from "../jn-error.ts";
import { formatNamed, formatOfMediaType, protocolOf } from "../plugins/lookup.ts";
import type { FormatPlugin, OpenedSource, PluginContext } from "../plugins/plugin.ts";
import { readerWantsMore } from "../pipeline/reader-demand.ts";
import { BY_LINK, nextPage, type PageState } from "./next-page.ts";
import { readThrough } from "./read-through.ts";

/**
 * Reads what a protocol fetches, page after page while there are any and records are wanted. The format that the address does not tell
 * is that of the media type, else that of the first bytes.
 *
 * @param opened the reader, where the format is known
 * @param open makes the reader
 * @param isEnough whether no more records are wanted
 */
export async function readRemote(
  plan: Plan,
  opened: Reader | undefined,
  open: (plan: Plan) => Promise<Reader>,
  context: Omit<PluginContext, "name">,
  sink: ByteSink,
  isEnough: () => boolean,
): Promise<void> {
  if (plan.place.kind !== "url") return;
  const protocol = await protocolOf(plan.place.url);
  if (protocol === undefined) return;
  const paging = plan.pages ?? (plan.options.boolean("pages") === true ? BY_LINK : undefined);
  const origin = originOf(plan.place.url);
  let url: string | undefined = plan.place.url;
  let reader = opened;
  let records = 0;
  const done = new Set<string>();
  while (url !== undefined && !done.has(url)) {
    if (done.size > 0 && !(await readerWantsMore())) throw new WireError("READER_LEFT", "the reader left");
    done.add(url);
    // Header fields may be secrets, which are nobody else's business.
    const isOurs: boolean = originOf(url) === origin;
    const source: OpenedSource = await protocol.open(url, plan.options, {
      ...context,
      name: plan.name,
      headers: isOurs ? [...(plan.headers ?? []), ...(context.headers ?? [])] : [],
    });
    let seen: PageSeen;
    try {
      const { first, bytes } = await firstBytes(source.bytes);
      const codec = plan.codec === "none" ? undefined : (codecSeen(first) ?? plan.codec?.name);
      const format = plan.format ?? (await formatOf(plan, source.mediaType, codec === undefined ? first : undefined));
      reader ??= await open({ ...plan, format });
      await readThrough({ plan: { ...plan, format }, codec, bytes, reader }, context, sink);
      if (isEnough()) return;
      ({ seen } = reader);
    } finally {
      source.close();
    }
    records += seen.records;
    const state: PageState = { url, link: source.next, pages: done.size, records };
    url = paging === undefined ? undefined : nextPage(paging, seen, state, plan.name);
    reader = undefined;
  }
}

function originOf(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).origin : undefined;
}

async function formatOf(plan: Plan, mediaType: string | undefined, first: Buffer | undefined): Promise<FormatPlugin> {
  const { text } = plan.address;
  const told = mediaType === undefined || VAGUE.has(mediaType) ? undefined : await formatOfMediaType(mediaType);
  if (told?.read !== undefined) return told;
  const name = first === undefined ? undefined : formatOfBytes(first);
  if (name !== undefined) return await formatNamed(name, text);
  if (mediaType === "text/plain") return await formatNamed("lines", text);
  const type = mediaType === undefined || mediaType === "" ? "" : ` (${mediaType})`;
  throw usageError(
    `${plan.name}: neither the address nor the answer${type} tells the format; name it: add ~csv, ~json, ...`,
  );
}

/** The format that the first bytes tell: those that begin with a signature, and JSON. */
function formatOfBytes(bytes: Buffer): string | undefined {
  const binary = binaryFormatOfBytes(bytes);
  if (binary !== undefined) return binary;
  const text = bytes.toString("utf8").trimStart();
  if (text.startsWith("<?xml")) return "xml";
  if (/^<!doctype html|^<html/i.test(text)) return "html";
  return /^[[{]/.test(text) ? "json" : undefined;
}

export function codecSeen(first: Buffer): string | undefined {
  const codec = codecOfBytes(first);
  return codec === "short" ? undefined : codec;
}

/** The first chunk, long enough to tell a codec, and all of the bytes. */
export async function firstBytes(
  bytes: AsyncIterable<Buffer>,
): Promise<{ readonly first: Buffer; readonly bytes: AsyncIterable<Buffer> }> {
  const iterator = bytes[Symbol.asyncIterator]();
  let first: Buffer = Buffer.alloc(0);
  while (first.length === 0 || codecOfBytes(first) === "short") {
    const next = await iterator.next();
    if (next.done === true) break;
    first = Buffer.concat([first, next.value]);
  }
  return { first, bytes: startingWith(first, iterator) };
}

async function* startingWith(first: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer, void, undefined> {
  try {
    if (first.length > 0) yield first;
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
  } finally {
    // Whoever wants no more stops the source.
    await rest.return?.();
  }
}

/** Media types that say little. */
const VAGUE: ReadonlySet<string> = new Set(["", "text/plain", "application/octet-stream", "binary/octet-stream"]);
