import { setTimeout as wait } from "node:timers/promises";
import { WireError } from "@jn/wire";
import { shownUrl } from "../address/shown-url.ts";
import { usageError } from "../jn-error.ts";
import type { ProtocolPlugin } from "../plugins/plugin.ts";
import { httpBody } from "./http-body.ts";
import { reasonOf } from "./http-failure.ts";
import { requestFollowing } from "./http-redirects.ts";
import type { HttpRequest } from "./http-request.ts";

/**
 * `http://` and `https://`, by Node's own fetch. Failures that may pass (no connection, 429, 500, 502, 503, 504) are tried again, a
 * body that breaks off is gone on with by range where the server allows it. Anything but success is an error, never an empty source.
 */
export const http: Omit<ProtocolPlugin, "name" | "role" | "matches"> = {
  summary: "files and answers of web servers",
  modes: ["raw"],
  options: [
    { name: "retries", kind: "count", help: "how often a failure that may pass is tried again (3)" },
    { name: "timeout", kind: "count", help: "seconds that nothing may come for (60)" },
    { name: "min-speed", kind: "count", help: "bytes a second that must come, on average over the timeout (no limit)" },
    { name: "max-time", kind: "count", help: "seconds that all of it may take (no limit)" },
    {
      name: "pages",
      kind: "boolean",
      help: 'go on with the next page that the answer names (Link: rel="next"), while records are wanted',
    },
  ],
  async open(url, options, { headers }) {
    const request: HttpRequest = {
      ...withoutCredentials(url, headers ?? []),
      retries: options.count("retries") ?? 3,
      timeoutMs: 1000 * (options.count("timeout") ?? 60),
      minBytesPerSecond: options.count("min-speed") ?? 0,
      abort: new AbortController(),
    };
    const maxSeconds = options.count("max-time");
    const stop = (): void => request.abort.abort(new Error(`it took longer than ${maxSeconds} s`));
    const timer = maxSeconds === undefined ? undefined : setTimeout(stop, 1000 * maxSeconds).unref();
    const response = await firstAnswer(request);
    const [mediaType = ""] = (response.headers.get("content-type") ?? "").split(";");
    return {
      bytes: httpBody(response, request),
      mediaType: mediaType.trim().toLowerCase(),
      next: nextPage(response),
      close: () => {
        clearTimeout(timer);
        request.abort.abort();
      },
    };
  },
};

/** The answer to a request, tried again while that may help. @throws WireError `IO` */
async function firstAnswer(request: HttpRequest): Promise<Response> {
  for (let attempt = 0; ; attempt++) {
    let problem;
    let pauseMs = Math.min(10_000, 200 * 2 ** attempt);
    try {
      const response = await requestFollowing(request, {});
      if (response.ok) return response;
      problem = `${response.status} ${response.statusText}`.trim() + (await firstLine(response, request.timeoutMs));
      if (!MAY_PASS.has(response.status)) throw failed(request, problem);
      pauseMs = retryAfterMs(response) ?? pauseMs;
    } catch (error) {
      if (error instanceof WireError) throw error;
      problem = reasonOf(error);
      if (attempt >= request.retries) throw failed(request, problem, error);
    }
    if (attempt >= request.retries) throw failed(request, problem);
    await wait(pauseMs);
  }
}

function failed({ url }: HttpRequest, problem: string, cause?: unknown): WireError {
  return new WireError("IO", `cannot read ${shownUrl(url)}: ${problem}`, { cause });
}

/** The first line of what a server says about a failure, within bounds. */
async function firstLine({ body }: Response, timeoutMs: number): Promise<string> {
  if (body === null) return "";
  let text = "";
  const reader = body.getReader();
  const leave = (): void => void reader.cancel().catch(() => undefined);
  const timer = setTimeout(leave, timeoutMs);
  try {
    while (text.length <= 1000 && !text.includes("\n")) {
      const result = (await reader.read()) as { readonly value?: Uint8Array };
      if (result.value === undefined) break;
      text += Buffer.from(result.value).toString("latin1");
    }
  } catch {
    // The status says enough.
  } finally {
    clearTimeout(timer);
    leave();
  }
  const line = Buffer.from(text, "latin1").toString().trim().split("\n")[0]!.trim();
  return line === "" ? "" : `: ${line.slice(0, 200)}`;
}

function retryAfterMs(response: Response): number | undefined {
  const seconds = Number(response.headers.get("retry-after") ?? "");
  return seconds > 0 && seconds <= 60 ? seconds * 1000 : undefined;
}

/** The address of the next page (RFC 8288: `Link: <...>; rel="next"`). */
function nextPage(response: Response): string | undefined {
  for (const link of (response.headers.get("link") ?? "").matchAll(/<([^>]*)>((?:\s*;\s*[^,;]*)*)/g)) {
    if (/;\s*rel\s*=\s*"?(?:[^";]*\s)?next(?:\s[^";]*)?"?\s*(?:;|$)/i.test(link[2]!))
      return new URL(link[1]!, response.url).href;
  }
  return undefined;
}

/** A user name and password in the URL become a header. */
function withoutCredentials(
  address: string,
  headers: readonly (readonly [string, string])[],
): Pick<HttpRequest, "url" | "headers"> {
  let url;
  try {
    url = new URL(address);
  } catch {
    throw usageError(`${shownUrl(address)}: this is no URL`);
  }
  if (url.username === "" && url.password === "") return { url: url.href, headers };
  const credentials = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  url.username = "";
  url.password = "";
  const authorization = ["authorization", `Basic ${Buffer.from(credentials).toString("base64")}`] as const;
  return { url: url.href, headers: [authorization, ...headers] };
}

/** Too many requests, and failures of a server or of one before it. */
const MAY_PASS: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504]);
