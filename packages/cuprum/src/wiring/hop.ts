import type { BackendName } from "../streams/stream-backend.ts";
import type { PipeKind } from "./kernel-pipe.ts";

/** How two neighbouring stages are connected, and why. */
export interface HopPlan {
  readonly from: string;
  readonly to: string;
  /** `kernel`: one pipe that both stages hold, none of its bytes are seen here. `tapped`: its bytes pass through us. */
  readonly wiring: "kernel" | "tapped";
  /** What carries a tapped hop; `javascript` for one with a transform. */
  readonly backend: BackendName | "javascript" | null;
  readonly pipe: PipeKind;
  readonly why: string;
}
