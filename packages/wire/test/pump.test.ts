import assert from "node:assert/strict";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { ByteSink, descriptorSink } from "../src/byte-sink.ts";
import { pumpChunks } from "../src/pump.ts";
import { type CarriedOn, chain, continuing, type Follower, type Transcoder } from "../src/transcoder.ts";

const timeout = 20_000;

function outputFile(context: TestContext): { readonly fd: number; readonly path: string } {
  const folder = mkdtempSync(join(tmpdir(), "wire-pump-"));
  const path = join(folder, "out");
  const fd = openSync(path, "w");
  context.after(() => {
    closeSync(fd);
    rmSync(folder, { recursive: true });
  });
  return { fd, path };
}

/** Passes on what it is given, between brackets; carries three times, if it may. */
function carrier(turnsBefore: () => number): Transcoder & { readonly turns: number[] } {
  const turns: number[] = [];
  return {
    turns,
    push: (chunk, out) => out.append(Buffer.from(`[${chunk.toString()}]`), 0, chunk.length + 2),
    end: () => {},
    carry(_fd, out) {
      turns.push(turnsBefore());
      out.flush();
      writeSync(out.fd!, "<carried>");
      return turns.length % 3 !== 0;
    },
  };
}

test(
  "pumpChunks lets a transcoder carry from the descriptor that goes on, and the event loop has turns between",
  { timeout },
  async (context) => {
    const { fd, path } = outputFile(context);
    let turn = 0;
    const counting = setInterval(() => turn++, 0);
    context.after(() => clearInterval(counting));
    async function* chunks(): AsyncGenerator<Buffer> {
      yield Buffer.from("a");
      yield Buffer.from("b");
    }
    const transcoder = carrier(() => {
      const seen = turn;
      const until = performance.now() + 5;
      while (performance.now() < until);
      return seen;
    });
    await pumpChunks(chunks(), transcoder, descriptorSink(fd, "out"), { fd: 0 });
    assert.equal(readFileSync(path, "utf8"), `[a]${"<carried>".repeat(3)}[b]${"<carried>".repeat(3)}`);
    assert.ok(transcoder.turns[2]! > transcoder.turns[0]!, `turns: ${transcoder.turns.join()}`);
    const without = carrier(() => 0);
    await pumpChunks(chunks(), without, descriptorSink(fd, "out"));
    assert.deepEqual(without.turns, []);
  },
);

/** Follows where it may, and notes what it is told and given. */
function follower(name: string, seen: string[], isReady = true): Transcoder {
  const kernel = { name };
  const followed = ({ rest }: CarriedOn): void => void seen.push(`${name} was left ${rest.toString()}`);
  return {
    push: (chunk, out) => {
      seen.push(`${name} got ${chunk.toString()}`);
      out.append(chunk, 0, chunk.length);
    },
    end: () => {},
    followers: () => (isReady ? [{ kernel, followed }] : undefined),
  };
}

/** Tells its followers, the last one first, that they have a rest; then writes its own. */
function head(kernels: object[]): Transcoder {
  return {
    push: () => {},
    end: () => {},
    carry(_fd, out, tail) {
      const followers: readonly Follower[] = tail?.followers ?? [];
      kernels.push(...followers.map((each) => each.kernel));
      for (const each of [...followers].toReversed())
        each.followed({ bytes: 1, lines: 1, written: 1, workMs: 0, rest: Buffer.from("rest") });
      out.append(Buffer.from("own"), 0, 3);
      return true;
    },
  };
}

test(
  "a chain carries when all after the first one can follow; what the first one leaves goes through them",
  { timeout },
  () => {
    const seen: string[] = [];
    const kernels: object[] = [];
    const out = new ByteSink(() => {}, 1);
    const whole = chain(
      head(kernels),
      continuing(chain(follower("b", seen), follower("c", seen))),
      follower("d", seen),
    );
    assert.equal(whole.carry!(0, out), true);
    assert.deepEqual(kernels, [{ name: "b" }, { name: "c" }, { name: "d" }]);
    assert.deepEqual(seen, [
      "d was left rest",
      "c was left rest",
      "b was left rest",
      "b got own",
      "c got own",
      "d got own",
    ]);
    for (const second of [follower("b", seen, false), { push: () => {}, end: () => {} }])
      assert.notEqual(chain(head(kernels), second, follower("d", seen)).carry?.(0, out), true);
    assert.equal(kernels.length, 3, "nobody carried that time");
  },
);

test("drainWithin: whoever drains is asked, and has its errors", () => {
  const sink = new ByteSink(() => {
    throw new Error("full");
  });
  const errors: string[] = [];
  sink.drainWithin((drain) => {
    try {
      drain();
    } catch (error) {
      errors.push(String(error));
    }
  });
  sink.append(Buffer.from("x"), 0, 1);
  sink.flush();
  assert.deepEqual(errors, ["Error: full"]);
});
