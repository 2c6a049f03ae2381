import assert from "node:assert/strict";
import { test } from "node:test";
import type { StreamBackend, Transfer, TransferOptions } from "../../src/streams/stream-backend.ts";
import { openDescriptors, rawPipe, turns } from "./raw-pipe.ts";

export const HEAVY: boolean = process.env["JN_TEST_HEAVY"] === "1";
const timeout = HEAVY ? 600_000 : 60_000;

/** A transfer between two pipes whose other ends the test holds. */
export interface Rig {
  readonly transfer: Transfer;
  /** Where the test writes; the transfer reads it. */
  readonly writeFd: number;
  /** Where the test reads what the transfer wrote. */
  readonly readFd: number;
}

/** What the cases of one backend are made with. */
export interface BackendBench {
  /** Adds a test; it fails as well when it leaves a descriptor open, or closes one of somebody else. */
  readonly it: (title: string, work: () => Promise<void>) => void;
  readonly carry: StreamBackend["carry"];
  readonly between: (options?: TransferOptions) => Promise<Rig>;
  /** A transfer without an output. */
  readonly observing: (options: TransferOptions) => Promise<{ readonly transfer: Transfer; readonly writeFd: number }>;
}

/** @param skips cases that cannot hold for it, by their title, with the reason */
export function backendBench(
  name: string,
  backend: () => StreamBackend,
  skips: ReadonlyMap<string, string>,
): BackendBench {
  const carry: StreamBackend["carry"] = (readFd, options) => backend().carry(readFd, options);
  return {
    carry,
    it(title, work) {
      const skip = skips.get(title) ?? false;
      void test(`${name} backend: ${title}`, { timeout, skip }, async () => {
        await turns();
        const before = openDescriptors();
        await work();
        await turns();
        assert.deepEqual(openDescriptors(), before, "descriptors were left open, or closed twice");
      });
    },
    async between(options = {}) {
      const [input, output] = [await rawPipe(), await rawPipe()];
      const transfer = carry(input.readFd, { ...options, writeFd: output.writeFd });
      return { transfer, writeFd: input.writeFd, readFd: output.readFd };
    },
    async observing(options) {
      const { readFd, writeFd } = await rawPipe();
      return { transfer: carry(readFd, options), writeFd };
    },
  };
}
