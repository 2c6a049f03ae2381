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
   * @param tail through what it goes on from there, if not straight to `out`
   * @throws what `push` and writing to `out` throw
   */
  readonly carry?: ((fd: number, out: ByteSink, tail?: CarryTail) => boolean) | undefined;
  /** True when nothing comes of its input before that ends: who is behind it takes no part in carrying. */
  readonly holdsAll?: boolean;
  /** Those that do its work where a transcoder before it carries; undefined: nobody can, or not now. */
  readonly followers?: (() => readonly Follower[] | undefined) | undefined;
}

/** What is behind a transcoder that carries: who takes what comes of it, in turn, and where it ends up. */
export interface CarryTail {
  readonly followers: readonly Follower[];
  readonly sink: ByteSink;
}

/** Does the work of a transcoder while one before it carries. */
export interface Follower {
  /** What does it; known to whoever carries. */
  readonly kernel: object;
  /** The only keys of a record that it looks at, and that what it leaves has to have; undefined: it needs all of the record. */
  readonly keys?: readonly string[] | undefined;
  /** Some was done. What was left is to be pushed. */
  followed(done: CarriedOn): void;
}

/** What a follower has done. */
export interface CarriedOn {
  /** Bytes and lines that were dealt with, and bytes that came of them. */
  readonly bytes: number;
  readonly lines: number;
  readonly written: number;
  /** Its part of the milliseconds that all of it took. */
  readonly workMs: number;
  /** What was given and not dealt with; begins with a record. */
  readonly rest: Buffer;
}

/** One transcoder that does the work of several, the first one first. */
export function chain(first: Transcoder, ...rest: readonly Transcoder[]): Transcoder {
  return rest.reduce(joined, first);
}

/** The same transcoder for one of several inputs in a row: the end of this input is not the end of its work. */
export function continuing(transcoder: Transcoder): Transcoder {
  return {
    holdsAll: transcoder.holdsAll === true,
    carry: transcoder.carry && ((fd, out, tail) => transcoder.carry!(fd, out, tail)),
    followers: transcoder.followers && (() => transcoder.followers!()),
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
  const firstHoldsAll = first.holdsAll === true;
  const holdsAll = firstHoldsAll || second.holdsAll === true;
  /** Those behind the first one; undefined: somebody has no kernel, or not now. */
  const behindFirst = (): readonly Follower[] | undefined =>
    ended ? undefined : firstHoldsAll ? [] : second.followers!();
  return {
    holdsAll,
    carry:
      first.carry &&
      (firstHoldsAll || second.followers) &&
      ((fd, out, tail) => {
        const followers = behindFirst();
        if (followers === undefined) return false;
        target = out;
        let goesOn = false;
        const later = holdsAll || tail === undefined ? [] : tail.followers;
        const whole = { followers: [...followers, ...later], sink: tail?.sink ?? out };
        letFirst(() => (goesOn = first.carry!(fd, between, whole)));
        return goesOn;
      }),
    followers:
      first.followers &&
      (firstHoldsAll || second.followers) &&
      (() => {
        const own = first.followers!();
        const next = own === undefined ? undefined : behindFirst();
        return next && [...own!, ...next];
      }),
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
