import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, test, type TestContext } from "node:test";
import { inspect } from "node:util";
import {
  CuprumError,
  defaultCatalogue,
  defineCatalogue,
  type ExecutionEvent,
  pipe,
  runConcurrent,
  scoped,
} from "cuprum";
import { folderWith } from "./support/folder.ts";
import { cat, echo, failing, seq, sh, sleep, tr } from "./support/programs.ts";
import { Recorder } from "./support/recorder.ts";
import { refuses } from "./support/refusal.ts";

const timeout = 30_000;
const touch = defaultCatalogue.make("touch");

/** Each leaves a file while it runs, and prints how many of them there are. */
function counting(
  context: TestContext,
  count: number,
): { readonly work: ReturnType<typeof sh>[]; readonly folder: string } {
  const folder = folderWith(context);
  const script = 'touch "$1"; sleep 0.1; ls | wc -l; rm "$1"';
  return { work: Array.from({ length: count }, (_, index) => sh("-c", script, "sh", String(index))), folder };
}

describe("running side by side", { timeout }, () => {
  for (const limit of [1, 2, 5]) {
    test(`never more than ${limit} at the same time`, async (context) => {
      const { work, folder } = counting(context, 10);
      const { ok, entries } = await runConcurrent(work, { limit, cwd: folder });
      assert.ok(ok, inspect(entries, { depth: 4 }));
      const counts = entries.map(({ result }) => Number(result?.stdout));
      assert.ok(Math.max(...counts) <= limit, counts.join(" "));
      assert.deepEqual(readdirSync(folder), []);
    });
  }

  test("all at once without a limit", async () => {
    const seen = new Recorder();
    const { ok } = await runConcurrent(
      Array.from({ length: 8 }, () => sleep(0.2)),
      { observers: [seen] },
    );
    assert.ok(ok);
    const phases = seen.events.map(({ phase }) => phase);
    assert.ok(phases.lastIndexOf("start") < phases.indexOf("exit"), phases.join(" "));
  });

  test("results stand in the order of the commands, whichever ended first", async () => {
    const { entries } = await runConcurrent([3, 1, 2].map((n) => sh("-c", `sleep 0.${n}; echo ${n}`)));
    assert.deepEqual(
      entries.map(({ result }) => result?.stdout),
      ["3\n", "1\n", "2\n"],
    );
  });

  test("commands and pipelines can be mixed", async () => {
    const { ok, entries } = await runConcurrent([echo("a"), pipe(seq(3), cat(), tr("123", "abc"))]);
    assert.ok(ok, inspect(entries));
    assert.deepEqual(
      entries.map(({ result }) => result?.stdout),
      ["a\n", "a\nb\nc\n"],
    );
  });

  test("nothing to do is done", async () => {
    assert.deepEqual(await runConcurrent([]), { ok: true, entries: [], failures: [] });
    assert.deepEqual(await runConcurrent([], { limit: 3, failFast: true }), { ok: true, entries: [], failures: [] });
  });

  test("what stdout captures is what the type says", async () => {
    const bytes = await runConcurrent([echo("a")], { stdout: "bytes" });
    const [first] = bytes.entries;
    assert.deepEqual(first?.result?.stdout satisfies Uint8Array | undefined, new Uint8Array([97, 10]));
    const text = await runConcurrent([echo("a")]);
    assert.equal(text.entries[0]?.result?.stdout.trim(), "a");
  });

  test("thirty at once give no warning of leaking listeners", async (context) => {
    const warnings: Error[] = [];
    const onWarning = (warning: Error): void => void warnings.push(warning);
    process.on("warning", onWarning);
    context.after(() => process.off("warning", onWarning));
    const { ok } = await runConcurrent(
      Array.from({ length: 30 }, () => echo("a")),
      { signal: new AbortController().signal },
    );
    assert.ok(ok);
    assert.deepEqual(warnings, []);
  });
});

describe("failures side by side", { timeout }, () => {
  test("without failFast everything runs, and every entry says how it ended", async () => {
    const { ok, entries, failures } = await runConcurrent(
      [echo("a"), failing(), sleep(30), sh("-c", "kill -9 $$"), pipe(seq(3), failing()), echo("b")],
      { limit: 2, timeoutMs: 3000 },
    );
    assert.deepEqual(
      entries.map(({ status }) => status),
      ["ok", "failed", "timedOut", "signalled", "failed", "ok"],
    );
    assert.deepEqual([ok, failures], [false, [1, 2, 3, 4]]);
    for (const { result, status } of entries) assert.equal(result?.status, status);
  });

  test("failFast stops those that run, and starts no other", async (context) => {
    const marker = join(folderWith(context), "marker");
    const seen = new Recorder();
    const { ok, entries, failures } = await runConcurrent(
      [echo("a"), sleep(30), pipe(sleep(30), cat()), failing(), touch(marker)],
      { limit: 3, failFast: true, observers: [seen] },
    );
    assert.deepEqual(
      entries.map(({ status }) => status),
      ["ok", "cancelled", "cancelled", "failed", "cancelled"],
    );
    assert.deepEqual([ok, failures], [false, [3]]);
    assert.equal(entries[1]?.result?.signal, "SIGTERM");
    assert.equal(entries[4]?.result, undefined);
    assert.deepEqual(seen.phasesOf("touch"), []);
    seen.assertEveryPlanHasItsExit(5);
  });

  test("one that the system does not start is an entry with its error", async () => {
    const { entries, failures } = await runConcurrent([echo("x".repeat(300_000)), echo("a")]);
    assert.deepEqual(
      entries.map(({ status }) => status),
      ["failed", "ok"],
    );
    assert.deepEqual(failures, [0]);
    const { error } = entries[0] ?? {};
    assert.ok(error instanceof CuprumError && error.code === "SPAWN_FAILED", inspect(error));
  });

  test("the caller's signal cancels what runs and what waits", async () => {
    const controller = new AbortController();
    let started = 0;
    const onEvent = ({ phase }: ExecutionEvent): void => {
      if (phase === "start" && ++started === 2) controller.abort();
    };
    const { entries, failures } = await runConcurrent([sleep(30), sleep(30), sleep(30)], {
      limit: 2,
      signal: controller.signal,
      observers: [{ onEvent }],
    });
    assert.deepEqual(
      entries.map(({ status }) => status),
      ["cancelled", "cancelled", "cancelled"],
    );
    assert.deepEqual(
      entries.map(({ result }) => result?.signal),
      ["SIGTERM", "SIGTERM", undefined],
    );
    assert.deepEqual(failures, []);
  });

  test("an aborted signal starts nothing", async (context) => {
    const folder = folderWith(context);
    const { ok, entries } = await runConcurrent([touch("a"), touch("b")], { cwd: folder, signal: AbortSignal.abort() });
    assert.deepEqual([ok, entries.map(({ status }) => status)], [false, ["cancelled", "cancelled"]]);
    assert.deepEqual(readdirSync(folder), []);
  });
});

describe("what is refused before anything starts", { timeout }, () => {
  for (const limit of [0, -1, 1.5, Number.NaN, "2" as unknown as number]) {
    test(`a limit of ${String(limit)}`, async () => {
      await refuses(() => runConcurrent([echo("a")], { limit }), "INVALID_OPTION", /limit is/);
    });
  }

  test("a limit of Infinity is none", async () => {
    assert.ok((await runConcurrent([echo("a")], { limit: Infinity })).ok);
  });

  for (const [what, run, code] of [
    [
      "a program that a scope denies",
      (folder: string) => scoped({ allow: ["touch"] }, () => runConcurrent([touch("a"), cat()], { cwd: folder })),
      "FORBIDDEN_PROGRAM",
    ],
    [
      "a program that is not there",
      (folder: string) =>
        runConcurrent([touch("a"), defineCatalogue({ t: { programs: ["no-such"] } }).make("no-such")()], {
          cwd: folder,
        }),
      "PROGRAM_NOT_FOUND",
    ],
    [
      "a backend that is not known",
      (folder: string) => runConcurrent([touch("a")], { cwd: folder, backend: "perl" as "node" }),
      "INVALID_OPTION",
    ],
    [
      "a bad environment",
      (folder: string) => runConcurrent([touch("a"), cat().with({ env: { "A=B": "" } })], { cwd: folder }),
      "INVALID_OPTION",
    ],
    [
      "a bad limit of an option",
      (folder: string) => runConcurrent([touch("a")], { cwd: folder, maxCaptureBytes: -1 }),
      "INVALID_OPTION",
    ],
    [
      "an encoding that is not known",
      (folder: string) => runConcurrent([touch("a")], { cwd: folder, encoding: "klingon" }),
      "INVALID_OPTION",
    ],
  ] as const) {
    test(what, async (context) => {
      const folder = folderWith(context);
      await refuses(() => run(folder), code);
      assert.deepEqual(readdirSync(folder), []);
    });
  }
});
