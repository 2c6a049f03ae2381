import type { Carried, CarryingKernel, RecordsKernel } from "@cuprum/native";
import { type ByteSink, type CarryTail, flowMeter, monotonicMs } from "@jn/wire";

/** Lets a kernel go from descriptor to descriptor, as long as it gets far without help. */
export class DirectRun {
  /** How many chunks it is not tried after, because it did not get far before. */
  #untried = 0;
  #short = 0;

  /**
   * What is left then is `rest`; what could not be written is in the sink, or its error is thrown. What followers have left they have
   * pushed. undefined: it was not tried.
   *
   * @param begun the beginning of a record, which comes before what the descriptor has
   * @param out where the output goes if there is no tail
   * @param columns of rows of CSV: the only ones that are needed
   */
  go(
    kernel: CarryingKernel,
    fd: number,
    begun: Buffer,
    out: ByteSink,
    { followers, sink }: CarryTail = { followers: [], sink: out },
    columns?: readonly number[],
  ): Carried | undefined {
    if (sink.fd === undefined) return undefined;
    if (this.#untried > 0) {
      this.#untried--;
      return undefined;
    }
    sink.flush();
    const beganMs = monotonicMs();
    const kernels = followers.map((follower) => follower.kernel as RecordsKernel);
    const carried = kernel.carry(fd, sink.fd, begun, INTERVAL_MS, kernels, columns);
    flowMeter()?.carried(carried);
    sink.drained += carried.bytesWritten;
    sink.append(carried.unwritten, 0, carried.unwritten.length);
    if (carried.unwritten.length > 0) sink.flush();
    tell(followers, carried, monotonicMs() - beganMs);
    this.#short = carried.goesOn || carried.bytesRead >= FAR_BYTES ? 0 : this.#short + 1;
    this.#untried = this.#short === 0 ? 0 : Math.min(2 ** this.#short, MAX_UNTRIED);
    return carried;
  }
}

/** Tells followers what they have done, the last one first: what one has left comes after all that those behind it were given. */
function tell(followers: CarryTail["followers"], carried: Carried, tookMs: number): void {
  const workMs = Math.max(0, tookMs - carried.waitInMs - carried.waitOutMs);
  const threadsMs = carried.followers.reduce((sum, each) => sum + each.workedMs, carried.workedMs);
  for (let index = carried.followers.length - 1; index >= 0; index--) {
    const { workedMs, ...done } = carried.followers[index]!;
    followers[index]!.followed({ ...done, workMs: threadsMs === 0 ? 0 : (workMs * workedMs) / threadsMs });
  }
}

/** As often as the meter can tell how it stands; and as long as a signal may have to wait. */
const INTERVAL_MS = 250;

/** What threads have read ahead for nothing is little of this. */
const FAR_BYTES = 8 * 1024 * 1024;
const MAX_UNTRIED = 64;
