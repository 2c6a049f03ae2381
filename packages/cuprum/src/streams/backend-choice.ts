import { loadNative, type Native, type NativeLoad } from "@cuprum/native";
import { CuprumError } from "../cuprum-error.ts";
import { nodeBackend } from "./node-backend.ts";
import { rustBackend } from "./rust-backend.ts";
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
  /** What pipes are made by; undefined with the backend `node`, which does without native code. */
  readonly native: Native | undefined;
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
  const asked = `${source} asks for it`;
  if (request === "node") return { backend: nodeBackend, native: undefined, request, why: asked };
  const load = loadOrFail();
  if (load.available) {
    const why = request === "rust" ? asked : `the native module ${load.version} is there`;
    return { backend: rustBackend(load.module), native: load.module, request, why };
  }
  const absence = `there is no native module: ${load.reason}`;
  if (request === "auto") return { backend: nodeBackend, native: undefined, request, why: absence };
  throw new CuprumError(
    "BACKEND_UNAVAILABLE",
    `${source} asks for the stream backend rust, but ${absence}; install it, or ask for auto or node`,
  );
}

/** What is there but broken is not passed over in silence. */
function loadOrFail(): NativeLoad {
  try {
    return loadNative();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new CuprumError("BACKEND_UNAVAILABLE", `${reason}, or ask for the stream backend node`, { cause });
  }
}
