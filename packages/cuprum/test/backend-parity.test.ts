// Pipelines over each stream backend: the same bytes, lines, exit codes, signals and descriptors.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { pipe, type PipelineResult, streamBackend } from "cuprum";
import fc from "fast-check";
import { cat, described, head, seq, sh } from "./support/programs.ts";
import { BACKENDS, bytesOfLines, HEAVY, openPipes, pieces, skip, someCuts } from "./support/transfers.ts";

const ROOT = fileURLToPath(new URL("../../../../", import.meta.url));
const CASES = HEAVY ? 10_000 : 25;
const timeout = HEAVY ? 50 * 60_000 : 60_000;

test(
  `backends node, rust: ${CASES} random pipelines give equal bytes, exit codes, signals and descriptors`,
  { skip, timeout },
  async () => {
    const endings = fc.constantFrom("exit 0", "exit 3", "kill -TERM $$", "kill -KILL $$", "exit 141");
    await fc.assert(
      fc.asyncProperty(bytesOfLines, someCuts, endings, endings, async (bytes, cuts, first, second) => {
        const outcomes = [];
        for (const backend of BACKENDS) {
          const before = openPipes();
          const lines: string[] = [];
          const stages = pipe(sh("-c", `cat; ${first}`), sh("-c", `cat; ${second}`), cat());
          const result = await stages.run({
            backend,
            stdin: pieces(bytes, cuts),
            stdout: "bytes",
            countBytes: true,
            failFast: false,
            observers: [
              { lines: true, onEvent: (event) => void (event.phase === "stdout" && lines.push(...event.lines)) },
            ],
          });
          const after = openPipes();
          assert.ok(Buffer.from(result.stdout).equals(bytes), described(result));
          assert.deepEqual(after, before, described(result));
          outcomes.push(comparable(result, lines));
        }
        assert.deepEqual(outcomes[1], outcomes[0]);
      }),
      { numRuns: CASES },
    );
  },
);

function comparable({ status, failure, stages, hops }: PipelineResult<unknown>, lines: readonly string[]): unknown {
  return {
    status,
    failure: failure?.index,
    stages: stages.map(({ status, ok, exitCode, signal, stderr }) => ({ status, ok, exitCode, signal, stderr })),
    hops: hops.map(({ wiring, bytes }) => ({ wiring, bytes })),
    // Those of several stages come interleaved.
    lines: lines.toSorted(),
  };
}

for (const backend of BACKENDS) {
  const options = { timeout, skip: backend === "rust" && skip };

  test(`backend ${backend}: lines of an endless program, left after some, leave nothing behind`, options, async () => {
    for (let round = 0; round < 20; round += 1) {
      const before = openPipes();
      let count = 0;
      for await (const line of pipe(seq(100_000_000), cat()).lines({ backend, countBytes: true })) {
        count += 1;
        assert.equal(line, String(count));
        if (count === 5000) break;
      }
      assert.deepEqual(openPipes(), before);
    }
  });

  test(
    `backend ${backend}: head ends its producers, over ${backend === "rust" ? "pipe2" : "FIFOs"}`,
    options,
    async () => {
      const result = await pipe(seq(100_000_000), cat(), head("-n", 2)).run({ backend, countBytes: true });
      assert.equal(result.stdout, "1\n2\n", described(result));
      assert.deepEqual(
        result.stages.map(({ signal }) => signal),
        ["SIGPIPE", "SIGPIPE", null],
        described(result),
      );
      const expected = backend === "rust" ? "pipe2" : "fifo";
      assert.ok(
        result.hops.every(({ pipe, backend: used }) => pipe === expected && used === backend),
        described(result),
      );
    },
  );
}

test(
  "without the native module, rust is an error before anything is started, auto is node, and both say why",
  { timeout },
  (context) => {
    const folder = mkdtempSync(join(tmpdir(), "cuprum-test-"));
    context.after(() => rmSync(folder, { recursive: true, force: true }));
    for (const name of ["cuprum", "@cuprum/native", "@jn/wire"]) {
      const installed = realpathSync(join(ROOT, "node_modules", name));
      for (const part of ["package.json", "dist/src"])
        cpSync(join(installed, part), join(folder, "node_modules", name, part), { recursive: true });
    }
    const source = `
    import { defaultCatalogue, pipe, streamBackend } from "cuprum";
    const commands = pipe(defaultCatalogue.make("seq")(3), defaultCatalogue.make("cat")());
    const { backend, why } = streamBackend();
    const events = [];
    const observers = [{ onEvent: ({ phase }) => void events.push(phase) }];
    const refused = await commands.run({ backend: "rust", observers }).catch(({ code }) => code);
    const { stdout, hops } = await commands.run({ countBytes: true });
    console.log(JSON.stringify({ name: backend.name, why, refused, events, stdout, pipe: hops[0].pipe, bytes: hops[0].bytes }));`;
    const child = spawnSync(process.execPath, ["--input-type=module", "-e", source], { cwd: folder, encoding: "utf8" });
    assert.equal(child.status, 0, child.stderr);
    const { why, ...rest } = JSON.parse(child.stdout) as Record<string, unknown>;
    assert.deepEqual(rest, {
      name: "node",
      refused: "BACKEND_UNAVAILABLE",
      events: [],
      stdout: "1\n2\n3\n",
      pipe: "fifo",
      bytes: 6,
    });
    assert.match(String(why), /^there is no native module: it was not built here, and .* is not installed$/);
  },
);

test("with the native module, auto is rust and says why", { timeout, skip }, () => {
  const { backend, why } = streamBackend("auto");
  assert.deepEqual([backend.name, why], ["rust", "the native module 0.1.0 is there"]);
});
