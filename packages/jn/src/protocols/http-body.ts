import { setTimeout as wait } from "node:timers/promises";
import { monotonicMs, WireError } from "@jn/wire";
import { shownUrl } from "../address/shown-url.ts";
import { reasonOf } from "./http-failure.ts";
import type { HttpRequest } from "./http-request.ts";
import { requestFollowing } from "./http-redirects.ts";

/**
 * The body of an answer. When it breaks off, the rest is asked for by range, provided that the server can say whether the resource is
 * still the same (RFC 9110, section 13.1.5: If-Range); else that is an error.
 *
 * @throws WireError `IO`
 */
export async function* httpBody(response: Response, request: HttpRequest): AsyncGenerator<Buffer, void, undefined> {
  const { url, retries } = request;
  const isEncoded = response.headers.has("content-encoding");
  const length = isEncoded ? undefined : lengthOf(response);
  const validator = isEncoded ? undefined : validatorOf(response);
  let current = response;
  let count = 0;
  for (let attempt = 0; ; attempt++) {
    let problem;
    const before = count;
    try {
      for await (const chunk of chunksOf(current, request)) {
        count += chunk.length;
        yield chunk;
      }
      if (length === undefined || count === length) return;
      problem = `it has ${count} bytes, not ${length} as announced`;
      if (count > length) throw new WireError("IO", `cannot read ${shownUrl(url)}: ${problem}`);
    } catch (error) {
      if (error instanceof WireError) throw error;
      problem = reasonOf(error);
    }
    const failed = `cannot read ${shownUrl(url)}: the connection broke off after ${count} bytes (${problem})`;
    if (validator === undefined || request.abort.signal.aborted) throw new WireError("IO", failed);
    if (count > before) attempt = 0;
    if (attempt >= retries) throw new WireError("IO", failed);
    await wait(Math.min(10_000, 200 * 2 ** attempt));
    current = await rest(request, count, validator, failed);
  }
}

async function rest(request: HttpRequest, from: number, validator: string, failed: string): Promise<Response> {
  let response;
  try {
    response = await requestFollowing(request, { range: `bytes=${from}-`, "if-range": validator });
  } catch (error) {
    if (error instanceof WireError) throw error;
    throw new WireError("IO", `${failed}; the rest could not be had: ${reasonOf(error)}`, { cause: error });
  }
  if (response.status === 206 && response.headers.get("content-range")?.startsWith(`bytes ${from}-`) === true)
    return response;
  await response.body?.cancel();
  const why =
    response.status === 200
      ? "it has changed meanwhile, or cannot be read in parts"
      : `${response.status} ${response.statusText}`;
  throw new WireError("IO", `${failed}; the rest could not be had: ${why}`);
}

/** The chunks of a body; an error when none comes in time, or they come too slowly. */
async function* chunksOf(
  response: Response,
  { abort, timeoutMs, minBytesPerSecond }: HttpRequest,
): AsyncGenerator<Buffer, void, undefined> {
  if (response.body === null) return;
  const reader = response.body.getReader();
  let waitedMs = 0;
  let came = 0;
  try {
    for (;;) {
      const timer = setTimeout(() => abort.abort(new Error(`nothing came for ${timeoutMs / 1000} seconds`)), timeoutMs);
      const began = monotonicMs();
      let result;
      try {
        result = await reader.read();
      } finally {
        clearTimeout(timer);
      }
      if (result.done) return;
      const bytes = result.value as Uint8Array;
      came += bytes.length;
      // Only time in which the next bytes were wanted: whoever reads slowly is not the server's fault.
      waitedMs += monotonicMs() - began;
      if (waitedMs >= timeoutMs) {
        const seconds = waitedMs / 1000;
        if (came < minBytesPerSecond * seconds) {
          abort.abort();
          throw new Error(`only ${came} bytes came in ${Math.round(seconds)} seconds, fewer than ?min-speed= allows`);
        }
        waitedMs = 0;
        came = 0;
      }
      yield Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
  } finally {
    reader.releaseLock();
  }
}

function lengthOf(response: Response): number | undefined {
  const text = response.headers.get("content-length");
  return text === null || !/^\d+$/.test(text) ? undefined : Number(text);
}

/** What says that the resource is the same: a strong entity tag, or the time of its last change. */
function validatorOf(response: Response): string | undefined {
  if (response.headers.get("accept-ranges") === "none") return undefined;
  const tag = response.headers.get("etag");
  return tag !== null && !tag.startsWith("W/") ? tag : (response.headers.get("last-modified") ?? undefined);
}
