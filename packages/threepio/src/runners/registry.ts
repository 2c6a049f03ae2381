import type { OpenReader } from "../journal/line-format.ts";
import { nodeTest } from "./node-test.ts";
import { pytest } from "./pytest.ts";
import type { Runner } from "./runner.ts";

/** Every runner, in the order in which a command is compared with them. */
export const RUNNERS: readonly Runner[] = [pytest, nodeTest];

/** How the output of runners is read, by the name of its format. */
export const FORMATS: ReadonlyMap<string, OpenReader> = new Map(
  RUNNERS.flatMap(({ stream }) => (stream === undefined ? [] : [[stream.format, stream.open] as const])),
);
