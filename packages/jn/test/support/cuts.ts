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

/** Asserts that output and error are the same uncut, cut there, and cut into single bytes; returns the result. */
export function sameForEveryCut(
  makeTranscoder: () => Transcoder,
  input: Buffer,
  cuts: readonly number[] = [],
  shown: (result: string) => string = (result) => result,
): string {
  const whole = transcodeOrFail(makeTranscoder, input);
  const everyByte = Array.from({ length: input.length }, (_, at) => at);
  assert.equal(shown(transcodeOrFail(makeTranscoder, input, everyByte)), shown(whole), "cut into single bytes");
  assert.equal(shown(transcodeOrFail(makeTranscoder, input, cuts)), shown(whole), `cut at ${cuts.join()}`);
  return whole;
}

/** The same, and cut into pieces of 2, 3 and 7 bytes: for what has several implementations. */
export function sameForEveryChunkSize(
  makeTranscoder: () => Transcoder,
  input: Buffer,
  cuts: readonly number[] = [],
  shown: (result: string) => string = (result) => result,
): string {
  const whole = sameForEveryCut(makeTranscoder, input, cuts, shown);
  for (const size of [2, 3, 7]) {
    const everyFew = Array.from({ length: Math.ceil(input.length / size) }, (_, at) => at * size);
    assert.equal(shown(transcodeOrFail(makeTranscoder, input, everyFew)), shown(whole), `cut every ${size} bytes`);
  }
  return whole;
}
