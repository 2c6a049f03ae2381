import assert from "node:assert/strict";
import { closeSync, readFileSync } from "node:fs";
import { Writable } from "node:stream";
import { test } from "node:test";
import { pipe, transform } from "cuprum";
import fc from "fast-check";
import { sample } from "./byte-samples.ts";
import { cat, described, echo, failing, head, node, seq, sh, tr, wc } from "./programs.ts";
import { rawPipe, readAll, writeAll } from "./raw-pipe.ts";
import { assertWired, endsOf, type Wiring } from "./wirings.ts";

const HEAVY = process.env["JN_TEST_HEAVY"] === "1";
const timeout = HEAVY ? 600_000 : 60_000;
const KIB = 1024;

/** What holds for the bytes of a pipeline, however its stages are connected. */
export function bytesOfPipelines(wiring: Wiring): void {
  const { name, options } = wiring;
  const it = (title: string, work: () => Promise<void>): void => void test(`${name}: ${title}`, { timeout }, work);
  /** What comes out of two stages that change nothing. */
  const through = async (chunks: Iterable<Uint8Array>, copies = 2): Promise<Uint8Array> => {
    const [first, second, ...others] = Array.from({ length: copies }, () => cat());
    assert.ok(first !== undefined && second !== undefined);
    const result = await pipe(first, second, ...others).run({ ...options, stdin: oneByOne(chunks), stdout: "bytes" });
    assert.equal(result.status, "ok", described(result));
    assertWired(result, wiring);
    return result.stdout;
  };

  it("the last stage's output is the pipeline's", async () => {
    const result = await pipe(echo("-n", "hello"), tr("a-z", "A-Z")).run(options);
    assert.deepEqual([result.status, result.stdout], ["ok", "HELLO"], described(result));
    assert.deepEqual(endsOf(result.stages), [0, 0]);
    assert.ok(
      result.stages.every(({ pid }) => pid !== undefined && pid > 0),
      described(result),
    );
    assertWired(result, wiring);
  });

  it("an asked-for plan says how each hop will be wired, and why", () => {
    const [hop] = pipe(echo("a"), cat()).plan(options).hops;
    assert.deepEqual([hop?.wiring, hop?.backend, hop?.from, hop?.to], [wiring.wiring, wiring.backend, "echo", "cat"]);
    assert.match(hop?.why ?? "", wiring.wiring === "kernel" ? /nobody asked/ : /counted/);
    return Promise.resolve();
  });

  it("a hop with a transform works beside the others, and says what carries it", async () => {
    const double = transform(async function* (chunks) {
      for await (const chunk of chunks) yield Buffer.concat([chunk, chunk]);
    });
    const result = await pipe(seq(50_000), cat(), double, wc({ bytes: true })).run(options);
    assert.equal(result.stdout.trim(), String(2 * 288_894), described(result));
    const [first, second] = result.hops;
    assert.deepEqual([first?.wiring, first?.backend], [wiring.wiring, wiring.backend], described(result));
    assert.deepEqual([second?.wiring, second?.backend], ["tapped", "javascript"], described(result));
    assert.match(second?.why ?? "", /transform/);
  });

  it("the failure of a stage is told by its index", async () => {
    const bad = await pipe(echo("x"), failing()).run(options);
    assert.deepEqual([bad.ok, bad.failure?.index, bad.failure?.program], [false, 1, "false"], described(bad));
    const good = await pipe(echo("x"), cat()).run(options);
    assert.deepEqual([good.ok, good.failure], [true, undefined], described(good));
  });

  it("a pipeline that prints nothing gives an empty text", async () => {
    const result = await pipe(sh("-c", ":"), cat()).run(options);
    assert.deepEqual([result.status, result.stdout, endsOf(result.stages)], ["ok", "", [0, 0]], described(result));
  });

  for (const [kind, text] of Object.entries({
    "two bytes": "é".repeat(2500),
    "three bytes": "☃".repeat(1700),
    "four bytes": "😀".repeat(1300),
    "one to four bytes": "aé☃😀".repeat(1100),
  })) {
    it(`characters of ${kind} survive a writer that cuts them`, async () => {
      const result = await pipe(cat(), cat()).run({ ...options, stdin: oneByOne(cuts(Buffer.from(text), 7)) });
      assert.ok(result.stdout === text, described(result));
    });
  }

  it("what has been printed before anybody reads is not lost", async () => {
    const slowStart = sh("-c", "sleep 0.2; cat");
    const result = await pipe(seq(8000), slowStart, wc({ lines: true })).run(options);
    assert.equal(result.stdout.trim(), "8000", described(result));
  });

  for (const copies of [2, 3]) {
    it(`a mebibyte is the same behind ${copies} stages`, async () => {
      const whole = sample(1024 * KIB);
      assert.ok(whole.equals(await through([whole], copies)), "it differs");
    });
  }

  it("random bytes arrive, wherever they are cut", async () => {
    const sizes = fc.oneof(fc.nat(1024), fc.integer({ min: 64 * KIB - 512, max: 64 * KIB + 512 }));
    const cases = fc.tuple(sizes, fc.array(fc.nat(70_000), { maxLength: 16 }), fc.nat(1_000_000));
    await fc.assert(
      fc.asyncProperty(cases, async ([size, at, seed]) => {
        const whole = sample(size, seed);
        const bounds = [0, ...at.filter((cut) => cut < size).toSorted((a, b) => a - b), size];
        const chunks = bounds.slice(1).map((end, index) => whole.subarray(bounds[index], end));
        assert.ok(whole.equals(await through(chunks)), "the bytes differ");
      }),
      { numRuns: HEAVY ? 1000 : 12 },
    );
  });

  it("lines of text arrive as they are", async () => {
    const text = sample(512 * 48)
      .toString("base64")
      .replaceAll(/.{64}/g, "$&\n");
    const result = await pipe(cat(), cat()).run({ ...options, stdin: { text } });
    assert.ok(result.stdout === text, described(result));
    const lines: string[] = [];
    for await (const line of pipe(cat(), cat()).lines({ ...options, stdin: { text } })) lines.push(line);
    assert.deepEqual(lines, text.trimEnd().split("\n"));
  });

  it("bytes that are no UTF-8 become what a decoder makes of the whole", async () => {
    for (const bytes of [Buffer.from("valid-\xff\xfe-end", "latin1"), Buffer.from("trail-\xe2\x98", "latin1")]) {
      for (const length of [2, 3, 64 * KIB]) {
        const result = await pipe(cat(), cat()).run({ ...options, stdin: oneByOne(cuts(bytes, length)) });
        assert.equal(result.stdout, new TextDecoder().decode(bytes), described(result));
      }
    }
  });

  it("observed lines do not depend on chunks, and account for all text", async () => {
    const seen = new Map<number, string[]>();
    const onEvent = (event: { phase: string; lines?: readonly string[]; stage: { index: number } }): void => {
      if (event.phase !== "stdout") return;
      seen.set(event.stage.index, [...(seen.get(event.stage.index) ?? []), ...(event.lines ?? [])]);
    };
    const bytes = Buffer.from("one\r\ntwo ☃\n\nthree\rfour\nno end");
    for (const length of [1, 2, 5, 64]) {
      seen.clear();
      const stdin = oneByOne(cuts(bytes, length));
      await pipe(cat(), cat()).run({ ...options, stdin, observers: [{ onEvent, lines: true }] });
      const expected = ["one", "two ☃", "", "three\rfour", "no end"];
      assert.deepEqual(
        [...seen.entries()].toSorted(([a], [b]) => a - b),
        [
          [0, expected],
          [1, expected],
        ],
      );
    }
  });

  it("standard output and error of the last stage are kept apart, though one sink gets a copy of both", async () => {
    const sink = new Collector();
    const script = "cat; for i in 1 2 3 4 5 6 7 8; do printf 'error %s\\n' $i >&2; done";
    const printed = "öut\n".repeat(5000);
    const result = await pipe(cat(), sh("-c", script)).run({
      ...options,
      stdin: { text: printed },
      echo: { stdout: sink, stderr: sink },
    });
    const errors = Array.from({ length: 8 }, (_, index) => `error ${index + 1}\n`);
    assert.ok(result.stdout === printed, described(result));
    assert.equal(result.stages[1]?.stderr, errors.join(""), described(result));
    assert.equal(sink.text().length, printed.length + errors.join("").length);
    for (const error of errors) assert.ok(sink.text().includes(error), error);
  });

  for (const stdout of ["text", "bytes", "ignore"] as const) {
    for (const isEchoed of [false, true]) {
      it(`output ${stdout}${isEchoed ? ", with a copy to a sink" : ""}`, async () => {
        const sink = new Collector();
        const stdin = oneByOne(cuts(Buffer.from("é☃😀\n".repeat(50)), 3));
        const echoed = isEchoed ? { echo: { stdout: sink } } : {};
        const result = await pipe(cat(), cat()).run({ ...options, stdin, stdout, ...echoed });
        const text = "é☃😀\n".repeat(50);
        const expected = { text, bytes: new Uint8Array(Buffer.from(text)), ignore: null }[stdout];
        assert.deepEqual(result.stdout, expected, described(result));
        assert.equal(sink.text(), isEchoed ? text : "");
      });
    }
  }

  it("other encodings, and strict ones", async () => {
    const stdin = Buffer.from("caf\xe9", "latin1");
    const latin = await pipe(cat(), cat()).run({ ...options, stdin, encoding: "latin1" });
    assert.equal(latin.stdout, "café", described(latin));
    await assert.rejects(pipe(cat(), cat()).run({ ...options, stdin, fatal: true }), { code: "ENCODING" });
  });

  it("descriptors that a caller lends stay open, and blocking as they were", async () => {
    const [input, output] = [await rawPipe(), await rawPipe()];
    const flags = [input.readFd, output.writeFd].map(flagsOf);
    const run = pipe(cat(), cat()).run({ ...options, stdin: { fd: input.readFd }, stdout: { fd: output.writeFd } });
    const writing = writeAll(input.writeFd, [Buffer.from("lent")]);
    const result = await run;
    await writing;
    assert.deepEqual([result.status, result.stdout], ["ok", null], described(result));
    assert.deepEqual([input.readFd, output.writeFd].map(flagsOf), flags);
    closeSync(input.readFd);
    closeSync(output.writeFd);
    assert.equal((await readAll(output.readFd)).toString(), "lent");
  });

  it("a payload may be longer than a command line", async () => {
    const result = await pipe(node("-e", "process.stdout.write('x'.repeat(400_000))"), wc({ bytes: true })).run(
      options,
    );
    assert.equal(result.stdout.trim(), "400000", described(result));
  });

  it("a consumer of ten bytes leaves a producer of any size well", async () => {
    for (const produce of ["head -c 65536 /dev/zero", "head -c 1048576 /dev/zero", "cat /dev/zero"]) {
      const result = await pipe(sh("-c", `exec ${produce}`), head("-c", 10), wc({ bytes: true })).run(options);
      assert.deepEqual([result.status, result.stdout.trim()], ["ok", "10"], described(result));
      const [first] = result.stages;
      assert.ok(first?.ok && (first.exitCode === 0 || first.signal === "SIGPIPE"), described(result));
    }
  });
}

/** A sink that keeps what it gets. */
class Collector extends Writable {
  readonly #chunks: Buffer[] = [];

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.#chunks.push(chunk);
    setImmediate(done);
  }

  text(): string {
    return Buffer.concat(this.#chunks).toString();
  }
}

function* cuts(bytes: Buffer, length: number): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}

/** Each chunk by itself: the next one when what reads it had a chance to. */
async function* oneByOne(chunks: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) {
    yield chunk;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** The flags of a descriptor, O_NONBLOCK among them. */
function flagsOf(fd: number): string {
  return readFileSync(`/proc/self/fdinfo/${fd}`, "utf8").match(/flags:\s*(\d+)/)?.[1] ?? "";
}
