import { closeSync } from "node:fs";
import type { Native } from "@cuprum/native";
import { CuprumError } from "../cuprum-error.ts";
import { makeFifos } from "./fifo.ts";

/** A pipe of the operating system: both ends blocking, both closed by exec(2) unless a child is given them. */
export interface KernelPipe {
  readonly readFd: number;
  readonly writeFd: number;
}

/** How a pipe was made: by pipe2(2), or by opening a FIFO. */
export type PipeKind = "pipe2" | "fifo";

/** What pipes are made by. */
export function pipeKind(native: Native | undefined): PipeKind {
  return native === undefined ? "fifo" : "pipe2";
}

/**
 * Makes `count` pipes. The caller closes them.
 *
 * @throws CuprumError `PIPE_FAILED`; then none is left open
 */
export async function makePipes(count: number, native: Native | undefined): Promise<readonly KernelPipe[]> {
  if (count === 0) return [];
  return native === undefined ? await makeFifos(count) : makeNativePipes(count, native);
}

/**
 * What a pipe is asked to hold, where the system allows it: four times the default of Linux, so that the stages take turns
 * less often. The bytes in flight stay bounded.
 */
const CAPACITY_BYTES = 256 * 1024;

function makeNativePipes(count: number, native: Native): readonly KernelPipe[] {
  const pipes: KernelPipe[] = [];
  try {
    for (let made = 0; made < count; made++) pipes.push(native.pipe(CAPACITY_BYTES));
    return pipes;
  } catch (error) {
    for (const { readFd, writeFd } of pipes) {
      closeSync(readFd);
      closeSync(writeFd);
    }
    const reason = error instanceof Error ? error.message : String(error);
    throw new CuprumError("PIPE_FAILED", `cannot make ${count} pipes: ${reason}`, { cause: error });
  }
}
