import { closeSync } from "node:fs";

/**
 * The descriptors of one execution. Each is closed exactly once: here, unless it has been handed over to somebody who
 * closes it.
 */
export class Descriptors {
  readonly #open = new Set<number>();

  own(fd: number): number {
    this.#open.add(fd);
    return fd;
  }

  /** Closes it, if it is still ours. */
  close(fd: number): void {
    if (this.#open.delete(fd)) closeSync(fd);
  }

  /** It is the caller's from now on. */
  handOver(fd: number): number {
    this.#open.delete(fd);
    return fd;
  }

  closeAll(): void {
    for (const fd of this.#open) closeSync(fd);
    this.#open.clear();
  }
}
