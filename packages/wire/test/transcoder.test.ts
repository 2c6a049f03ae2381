import assert from "node:assert/strict";
import { test } from "node:test";
import { ByteSink } from "../src/byte-sink.ts";
import { chain, continuing, type Transcoder } from "../src/transcoder.ts";

/** Puts each byte between two of `mark`; says `end` at the end. */
function marking(mark: string): Transcoder {
  const put = (out: ByteSink, text: string): void => out.append(Buffer.from(text), 0, text.length);
  return {
    push: (chunk, out) => put(out, chunk.toString().replaceAll(/./gs, `${mark}$&${mark}`)),
    end: (out) => put(out, `end${mark}`),
  };
}

/** Passes on what comes before the byte `!` and throws there. */
function failing(): Transcoder {
  return {
    push(chunk, out) {
      const at = chunk.indexOf("!");
      out.append(chunk, 0, at < 0 ? chunk.length : at);
      if (at >= 0) throw new Error("bad input");
    },
    end(out) {
      out.append(Buffer.from("tail"), 0, 4);
      throw new Error("cut off");
    },
  };
}

/** Passes on `count` bytes; counts what it was given, and whether it was ended. */
function first(count: number): Transcoder & { given: number; ends: number } {
  let left = count;
  return {
    given: 0,
    ends: 0,
    push(chunk, out) {
      this.given += chunk.length;
      const taken = Math.min(left, chunk.length);
      out.append(chunk, 0, taken);
      left -= taken;
    },
    end() {
      this.ends++;
    },
    get finished() {
      return left === 0;
    },
  };
}

/** Drives a transcoder as `pump` does. */
function run(transcoder: Transcoder, ...chunks: readonly string[]): { output: string; error?: string } {
  let output = "";
  const sink = new ByteSink((bytes, start, end) => {
    output += bytes.toString("utf8", start, end);
  });
  try {
    for (const chunk of chunks) {
      if (transcoder.finished === true) break;
      transcoder.push(Buffer.from(chunk), sink);
    }
    if (transcoder.finished !== true) transcoder.end(sink);
    sink.flush();
    return { output };
  } catch (error) {
    sink.flush();
    return { output, error: (error as Error).message };
  }
}

test("chain: bytes go through all of them in order, and so does the end", () => {
  assert.deepEqual(run(chain(marking("1"), marking("2")), "a", "b"), {
    output: "2122a22122122b22122e22n22d2212end2",
  });
  assert.deepEqual(run(chain(marking("-")), "a"), { output: "-a-end-" });
});

test("chain: output of the first before it failed is not lost, in push or at the end", () => {
  const last: Transcoder = { push: (chunk, out) => out.append(chunk, 0, chunk.length), end: () => undefined };
  assert.deepEqual(run(chain(failing(), last), "good", "go!od"), { output: "goodgo", error: "bad input" });
  assert.deepEqual(run(chain(failing(), last, last), "good"), { output: "goodtail", error: "cut off" });
});

test("chain: large output reaches the next one in pieces, complete and in order", () => {
  const size = 5 * 1024 * 1024;
  const grow: Transcoder = {
    push(_chunk, out) {
      for (let at = 0; at < size; at += 16) {
        out.append(Buffer.from("0123456789abcdef"), 0, 16);
        out.commit();
      }
    },
    end: () => undefined,
  };
  const last: Transcoder = { push: (chunk, out) => out.appendRecords(chunk, 0, chunk.length), end: () => undefined };
  assert.ok(run(chain(grow, last), "x").output === "0123456789abcdef".repeat(size / 16));
});

test("chain: it is finished when the last one is; that one gets nothing more and is not ended", () => {
  const head = first(3);
  const tail = chain(marking("-"), head);
  assert.deepEqual(run(tail, "a", "b", "c"), { output: "-a-" });
  assert.equal(tail.finished, true);
  assert.equal(head.ends, 0);
  assert.equal(head.given, 3);
});

test("chain: regression: a last one that finished while the first was ended was ended, too", () => {
  const head = first(2);
  assert.deepEqual(run(chain(marking("-"), head)), { output: "en" });
  assert.equal(head.ends, 0);
});

test("chain: regression: when the first one finished, the second one's end was lost", () => {
  assert.deepEqual(run(chain(first(2), marking("-")), "a", "bc", "d"), { output: "-a--b-end-" });
  assert.deepEqual(run(chain(first(0), marking("-")), "a", "b"), { output: "end-" });
  assert.deepEqual(run(chain(first(0), marking("-"))), { output: "end-" });
  assert.deepEqual(run(chain(first(1), first(5), marking("-")), "abc", "d"), { output: "-a-end-" });
});

test("continuing: the end of one input is not the end of the work, finished shows through", () => {
  const head = first(3);
  assert.deepEqual(run(continuing(head), "ab"), { output: "ab" });
  assert.equal(head.ends, 0);
  assert.deepEqual(run(continuing(head), "cd", "ef"), { output: "c" });
  assert.equal(continuing(head).finished, true);
  assert.equal(head.given, 4);
});
