import assert from "node:assert/strict";
import type { Transcoder } from "@jn/wire";
import fc from "fast-check";
import { transcodeOrFail } from "./transcode.ts";

/** An input and places to cut it at. */
export function withCuts(input: fc.Arbitrary<Buffer>): fc.Arbitrary<readonly [Buffer, readonly number[]]> {
  return input.chain((bytes) =>
    fc.tuple(fc.constant(bytes), fc.array(fc.nat({ max: bytes.length }), { maxLength: 8 })),
  );
}

/** Asserts that output and error are the same uncut, cut there, and cut into pieces of 1, 2, 3 and 7 bytes; returns the result. */
export function sameForEveryCut(
  makeTranscoder: () => Transcoder,
  input: Buffer,
  cuts: readonly number[] = [],
  shown: (result: string) => string = (result) => result,
): string {
  const whole = transcodeOrFail(makeTranscoder, input);
  for (const size of [1, 2, 3, 7]) {
    const everyFew = Array.from({ length: Math.ceil(input.length / size) }, (_, at) => at * size);
    assert.equal(shown(transcodeOrFail(makeTranscoder, input, everyFew)), shown(whole), `cut every ${size} bytes`);
  }
  assert.equal(shown(transcodeOrFail(makeTranscoder, input, cuts)), shown(whole), `cut at ${cuts.join()}`);
  return whole;
}
