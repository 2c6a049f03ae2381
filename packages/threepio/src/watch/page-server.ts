import { randomBytes, timingSafeEqual } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { monotonicMs } from "@jn/wire";
import { pageFrame } from "../page-report/page-frame.ts";
import type { LiveRun } from "./live-run.ts";

/** A page of a run, for this machine's user only. */
export interface PageServer {
  /** With the token, without which nothing is answered. */
  readonly url: string;
  /** Tells every open page that there is something new. */
  readonly announce: () => void;
  /** How long the data took when it was last asked for, ms. */
  readonly dataMs: () => number;
  readonly close: () => void;
}

/**
 * Serves the page on the loopback interface. Every request has to bring the token, which only this process's output has, and to name
 * this very server, so that no other page of the browser, under whatever name, can ask it.
 *
 * @param port 0: any that is free
 */
export async function servePage(run: LiveRun, port: number): Promise<PageServer> {
  const token = randomBytes(24).toString("base64url");
  const listeners = new Set<ServerResponse>();
  let dataMs = 0;
  const server: Server = createServer((request, response) => {
    void answer(request, response);
  });
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { port: own } = server.address() as AddressInfo;
    const url = new URL(request.url ?? "/", `http://${HOST}`);
    if (!isOurs(request, own) || !isToken(url.searchParams.get("token"), token)) return refuse(response, 403);
    if (request.method !== "GET") return refuse(response, 405);
    if (url.pathname === "/") return sendPage(response);
    if (url.pathname === "/events") return listen(response, listeners);
    if (url.pathname !== "/data") return refuse(response, 404);
    const startMs = monotonicMs();
    await sendData(run, response);
    dataMs = monotonicMs() - startMs;
  };
  server.listen(port, HOST);
  await once(server, "listening");
  return {
    url: `http://${HOST}:${(server.address() as AddressInfo).port}/?token=${token}`,
    announce: () => {
      for (const response of listeners) response.write("event: change\ndata:\n\n");
    },
    dataMs: () => dataMs,
    close: () => {
      for (const response of listeners) response.end();
      server.close();
      server.closeAllConnections();
    },
  };
}

const HOST = "127.0.0.1";

function isOurs({ headers }: IncomingMessage, port: number): boolean {
  if (headers.host !== `${HOST}:${port}` && headers.host !== `localhost:${port}`) return false;
  return headers.origin === undefined || headers.origin === `http://${headers.host}`;
}

function isToken(given: string | null, token: string): boolean {
  if (given === null || given.length !== token.length) return false;
  return timingSafeEqual(Buffer.from(given.padEnd(token.length)).subarray(0, token.length), Buffer.from(token));
}

function refuse(response: ServerResponse, status: number): void {
  response.writeHead(status, HEADERS).end();
}

const HEADERS = {
  "cache-control": "no-store",
  "cross-origin-resource-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
} as const;

function sendPage(response: ServerResponse): void {
  const { head, tail, policy } = pageFrame(true);
  response
    .writeHead(200, { ...HEADERS, "content-type": "text/html; charset=utf-8", "content-security-policy": policy })
    .end(head + tail);
}

function listen(response: ServerResponse, listeners: Set<ServerResponse>): void {
  response.writeHead(200, { ...HEADERS, "content-type": "text/event-stream" });
  response.write(":\n\n");
  listeners.add(response);
  response.on("close", () => listeners.delete(response));
}

async function sendData(run: LiveRun, response: ServerResponse): Promise<void> {
  response.writeHead(200, { ...HEADERS, "content-type": "text/plain; charset=utf-8" });
  try {
    for await (const line of run.lines()) {
      if (response.destroyed) return;
      if (!response.write(line)) await Promise.race([once(response, "drain"), once(response, "close")]);
    }
    response.end();
  } catch {
    // What has come is not all: the page has to see that, and asks again at the next change.
    response.destroy();
  }
}
