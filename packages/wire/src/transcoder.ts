import { ByteSink } from "./byte-sink.ts";

/**
 * Bytes in, bytes out, synchronous. Readers, writers, filters and codecs are all transcoders.
 *
 * The output must not depend on where the input is cut into chunks.
 */
export interface Transcoder {
  /** Takes the next chunk. The chunk is only lent: its memory is reused after the call. */
  push(chunk: Buffer, out: ByteSink): void;
  /** The input is complete: write what is pending, or throw if the input ends too early. Not called when `finished`. */
  end(out: ByteSink): void;
  /** True when no further input can change the output (`head`): stop reading. */
  readonly finished?: boolean;
  /**
   * Goes on by itself from a descriptor to that of `out`, for a while and as far as it can, after all that was read was pushed. Returns
   * whether it can go on doing so at once; if not, what the descriptor has is to be pushed again.
   *
   * @throws what `push` and writing to `out` throw
   */
  readonly carry?: ((fd: number, out: ByteSink) => boolean) | undefined;
}

/** One transcoder that does the work of several, the first one first. */
export function chain(first: Transcoder, ...rest: readonly Transcoder[]): Transcoder {
  return rest.reduce(joined, first);
}

/** The same transcoder for one of several inputs in a row: the end of this input is not the end of its work. */
export function continuing(transcoder: Transcoder): Transcoder {
  return {
    carry: transcoder.carry === undefined ? undefined : (fd, out) => transcoder.carry!(fd, out),
    push(chunk, out) {
      transcoder.push(chunk, out);
    },
    end() {
      // The caller ends the transcoder after the last input.
    },
    get finished() {
      return transcoder.finished === true;
    },
  };
}

function joined(first: Transcoder, second: Transcoder): Transcoder {
  let target: ByteSink | undefined;
  let ended = false;
  const between = new ByteSink((bytes, start, end) => {
    if (target !== undefined && second.finished !== true) second.push(bytes.subarray(start, end), target);
  });
  /** Lets the first one do something. What it wrote before it failed is good, and must not be lost. */
  const letFirst = (work: () => void): void => {
    try {
      if (first.finished !== true) work();
    } finally {
      between.flush();
    }
  };
  const endSecond = (out: ByteSink): void => {
    ended = true;
    if (second.finished !== true) second.end(out);
  };
  return {
    push(chunk, out) {
      target = out;
      letFirst(() => first.push(chunk, between));
      if (first.finished === true) endSecond(out);
    },
    end(out) {
      target = out;
      letFirst(() => first.end(between));
      endSecond(out);
    },
    /** When only the first one is finished, the second one still has to hear of the end. */
    get finished() {
      return ended || second.finished === true;
    },
  };
}
