import { makeFifos } from "./fifo.ts";

/** A pipe of the operating system: both ends blocking, both closed by exec(2) unless a child is given them. */
export interface KernelPipe {
  readonly readFd: number;
  readonly writeFd: number;
}

/** How a pipe was made: by pipe2(2), or by opening a FIFO. */
export type PipeKind = "pipe2" | "fifo";

/** What this machine makes pipes by. */
export function pipeKind(): PipeKind {
  return "fifo";
}

/**
 * Makes `count` pipes. The caller closes them.
 *
 * @throws CuprumError `PIPE_FAILED`; then none is left open
 */
export async function makePipes(count: number): Promise<readonly KernelPipe[]> {
  return count === 0 ? [] : await makeFifos(count);
}
