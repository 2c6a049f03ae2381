import type { Carried, CarryingKernel } from "@cuprum/native";
import { type ByteSink, flowMeter } from "@jn/wire";

/** Lets a kernel go from descriptor to descriptor, as long as it gets far without help. */
export class DirectRun {
  /** How many chunks it is not tried after, because it did not get far before. */
  #untried = 0;
  #short = 0;

  /**
   * What is left then is `rest`; what could not be written is in `out`, or its error is thrown. undefined: it was not tried.
   *
   * @param begun the beginning of a record, which comes before what the descriptor has
   */
  go(kernel: CarryingKernel, fd: number, begun: Buffer, out: ByteSink): Carried | undefined {
    if (out.fd === undefined) return undefined;
    if (this.#untried > 0) {
      this.#untried--;
      return undefined;
    }
    out.flush();
    const carried = kernel.carry(fd, out.fd, begun, INTERVAL_MS);
    flowMeter()?.carried(carried);
    out.drained += carried.bytesWritten;
    out.append(carried.unwritten, 0, carried.unwritten.length);
    if (carried.unwritten.length > 0) out.flush();
    this.#short = carried.goesOn || carried.bytesRead >= FAR_BYTES ? 0 : this.#short + 1;
    this.#untried = this.#short === 0 ? 0 : Math.min(2 ** this.#short, MAX_UNTRIED);
    return carried;
  }
}

/** As often as the meter can tell how it stands. */
const INTERVAL_MS = 250;

/** What threads have read ahead for nothing is little of this. */
const FAR_BYTES = 8 * 1024 * 1024;
const MAX_UNTRIED = 64;
