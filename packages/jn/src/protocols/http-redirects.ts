import { WireError } from "@jn/wire";
import { shownUrl } from "../address/shown-url.ts";
import type { HttpRequest } from "./http-request.ts";

/**
 * A request that follows redirections: at most ten, to http and https only, never from https to http. Headers of ours, which may be
 * secrets, do not go to another origin.
 *
 * @throws WireError `IO` for a redirection that is not followed; what fetch throws
 */
export async function requestFollowing(
  request: HttpRequest,
  extra: Readonly<Record<string, string>>,
): Promise<Response> {
  let { url } = request;
  let headers: readonly (readonly [string, string])[] = request.headers;
  for (let count = 0; ; count++) {
    const timer = setTimeout(() => request.abort.abort(new Error("no answer in time")), request.timeoutMs);
    let response;
    try {
      response = await fetch(url, {
        redirect: "manual",
        // What counts and what can be gone on with by range are the bytes of the resource itself.
        headers: [
          ["accept-encoding", "identity"],
          ["user-agent", "jn"],
          ...headers.map(([name, value]) => [name, value] as [string, string]),
          ...Object.entries(extra),
        ],
        signal: request.abort.signal,
      });
    } finally {
      clearTimeout(timer);
    }
    const location = REDIRECTIONS.has(response.status) ? response.headers.get("location") : null;
    if (location === null) return response;
    await response.body?.cancel();
    const target = new URL(location, url);
    const refuse = (why: string): WireError =>
      new WireError("IO", `cannot read ${shownUrl(request.url)}: ${why} (${shownUrl(target.href)})`);
    if (count >= MAX_REDIRECTIONS) throw refuse(`it redirects more than ${MAX_REDIRECTIONS} times`);
    if (target.protocol !== "http:" && target.protocol !== "https:") throw refuse("it redirects to another protocol");
    if (new URL(url).protocol === "https:" && target.protocol === "http:")
      throw refuse("it redirects from https to http");
    if (target.origin !== new URL(url).origin) headers = [];
    url = target.href;
  }
}

const MAX_REDIRECTIONS = 10;
const REDIRECTIONS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
