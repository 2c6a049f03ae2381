import { cargoNextest } from "./cargo-nextest.ts";
import { cargoTest } from "./cargo-test.ts";
import { goTest } from "./go-test.ts";
import { jest, mocha, playwright, vitest } from "./javascript.ts";
import { junit, JUNIT_FILES } from "./junit.ts";
import { nodeTest } from "./node-test.ts";
import { pytest } from "./pytest.ts";
import type { OutputStream, Runner } from "./runner.ts";
import { tap } from "./tap.ts";

/** Every runner, in the order in which a command is compared with them. */
export const RUNNERS: readonly Runner[] = [
  pytest,
  nodeTest,
  vitest,
  jest,
  mocha,
  playwright,
  goTest,
  cargoNextest,
  cargoTest,
  tap,
  junit,
];

/** How the output of runners is read, by the name of its format. */
export const STREAMS: ReadonlyMap<string, OutputStream> = new Map(
  [...RUNNERS.map(({ stream }) => stream), JUNIT_FILES].flatMap((stream) =>
    stream === undefined ? [] : [[stream.format, stream] as const],
  ),
);
