import type { Native } from "@cuprum/native";

/**
 * Lets the pipes that are our standard input and output hold 1 MiB, where the system allows it: with 64 KiB, what reads and what writes
 * wait for one another much of the time.
 */
export function widenPipes(native: Native): void {
  for (const fd of [0, 1]) {
    try {
      if (native.isFifo(fd) && native.pipeCapacity(fd) < PIPE_BYTES) native.setPipeCapacity(fd, PIPE_BYTES);
    } catch {
      // The user's pipes may hold so much together, or the descriptor is not open: it works without.
    }
  }
}

/** What Linux allows anybody (`/proc/sys/fs/pipe-max-size`). */
const PIPE_BYTES = 1024 * 1024;
