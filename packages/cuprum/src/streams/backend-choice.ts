import { CuprumError } from "../cuprum-error.ts";
import { nodeBackend } from "./node-backend.ts";
import type { BackendName, StreamBackend } from "./stream-backend.ts";

/** What may be asked for: `auto` takes `rust` where it is there, else `node`. */
export type BackendRequest = "auto" | BackendName;

const REQUESTS: ReadonlyMap<string, BackendRequest> = new Map([
  ["auto", "auto"],
  ["rust", "rust"],
  ["node", "node"],
]);

export interface BackendChoice {
  readonly backend: StreamBackend;
  /** What was asked for, and where. */
  readonly request: BackendRequest;
  /** Why it is this one, for people. */
  readonly why: string;
}

let chosen: BackendChoice | undefined;

/**
 * The stream backend for tapped hops: what `override` names, else what `CUPRUM_STREAM_BACKEND` named when it was first
 * looked at (letter case and spaces around do not matter; empty means `auto`).
 *
 * @throws CuprumError `INVALID_OPTION` for an unknown name, `BACKEND_UNAVAILABLE` when what was asked for is not there
 */
export function streamBackend(override?: BackendRequest): BackendChoice {
  if (override !== undefined) return choose(requestFrom(override, "the option backend"), "the option backend");
  chosen ??= choose(
    requestFrom(process.env["CUPRUM_STREAM_BACKEND"] ?? "", "CUPRUM_STREAM_BACKEND"),
    "CUPRUM_STREAM_BACKEND",
  );
  return chosen;
}

/** Makes the next `streamBackend` look at `CUPRUM_STREAM_BACKEND` again. */
export function forgetStreamBackend(): void {
  chosen = undefined;
}

function requestFrom(text: string, source: string): BackendRequest {
  const name = text.trim().toLowerCase();
  if (name === "") return "auto";
  const request = REQUESTS.get(name);
  if (request !== undefined) return request;
  throw new CuprumError(
    "INVALID_OPTION",
    `${source} is ${JSON.stringify(text)}; it can be ${[...REQUESTS.keys()].join(", ")}`,
  );
}

function choose(request: BackendRequest, source: string): BackendChoice {
  const absence = "the native module @cuprum/native is not installed";
  if (request === "rust") {
    throw new CuprumError(
      "BACKEND_UNAVAILABLE",
      `${source} asks for the stream backend rust, but ${absence}; install it, or ask for auto or node`,
    );
  }
  return { backend: nodeBackend, request, why: request === "node" ? `${source} asks for it` : absence };
}
