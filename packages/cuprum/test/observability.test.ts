import assert from "node:assert/strict";
import { describe, test, type TestContext } from "node:test";
import { inspect } from "node:util";
import { context as contexts, metrics, SpanStatusCode, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import {
  AggregationTemporality,
  type DataPoint,
  type Histogram,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { loggingObserver, type LogRecord, metricsObserver, pipe, scoped, secret, tracingObserver } from "cuprum";
import { cat, described, echo, failing, head, seq, sh, sleep, yes } from "./support/programs.ts";
import { refuses } from "./support/refusal.ts";

const timeout = 30_000;

/** The SDK for traces, as an application sets it up. */
function tracing(test: TestContext): { readonly spans: () => readonly ReadableSpan[] } {
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  trace.setGlobalTracerProvider(provider);
  contexts.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  test.after(async () => {
    trace.disable();
    contexts.disable();
    await provider.shutdown();
  });
  return { spans: () => exporter.getFinishedSpans() };
}

/** The SDK for metrics; `read` gives the values of a metric by its labels. */
function measuring(test: TestContext): {
  readonly read: (name: string) => Promise<readonly (readonly [labels: string, value: number | Histogram])[]>;
} {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
  const provider = new MeterProvider({ readers: [reader] });
  metrics.setGlobalMeterProvider(provider);
  test.after(async () => {
    metrics.disable();
    await provider.shutdown();
  });
  return {
    async read(name) {
      await reader.forceFlush();
      const all =
        exporter
          .getMetrics()
          .at(-1)
          ?.scopeMetrics.flatMap(({ metrics }) => metrics) ?? [];
      const points = all
        .filter(({ descriptor }) => descriptor.name === name)
        .flatMap(({ dataPoints }) => dataPoints as DataPoint<number | Histogram>[]);
      return points
        .map(({ attributes, value }) => [Object.values(attributes).join(" "), value] as const)
        .toSorted(([one], [other]) => (one < other ? -1 : 1));
    },
  };
}

describe("tracing with OpenTelemetry", { timeout }, () => {
  test("one span an execution, below the span of its caller, from its plan to its exit", async (context) => {
    const { spans } = tracing(context);
    const tracer = trace.getTracer("test");
    await tracer.startActiveSpan("caller", async (caller) => {
      await scoped({ observers: [tracingObserver(tracer)] }, async () => {
        await pipe(seq(3), cat()).run();
        await failing().run();
      });
      caller.end();
    });
    const caller = spans().find(({ name }) => name === "caller");
    const executions = spans().filter((span) => span !== caller);
    assert.deepEqual(executions.map(({ name }) => name).toSorted(), [
      "cuprum.exec cat",
      "cuprum.exec false",
      "cuprum.exec seq",
    ]);
    for (const span of executions) {
      assert.equal(span.parentSpanContext?.spanId, caller?.spanContext().spanId, inspect(span));
      assert.ok(span.ended && span.duration[0] < 30);
      assert.ok(Number(span.attributes["process.pid"]) > 0);
    }
    const one = executions.find(({ name }) => name.endsWith("cat"));
    const { "process.pid": _pid, "cuprum.exec.id": _id, ...attributes } = one?.attributes ?? {};
    assert.deepEqual(attributes, {
      "process.executable.name": "cat",
      "process.exit.code": 0,
      "cuprum.project": "core-ops",
      "cuprum.stage.index": 1,
      "cuprum.stage.count": 2,
      "cuprum.status": "ok",
    });
    assert.equal(one?.status.code, SpanStatusCode.OK);
    const failed = executions.find(({ name }) => name.endsWith("false"));
    assert.deepEqual([failed?.status.code, failed?.attributes["process.exit.code"]], [SpanStatusCode.ERROR, 1]);
  });

  test("every span ends: failures to start, vetoes, timeouts, cancellations, SIGPIPE", async (context) => {
    const { spans } = tracing(context);
    const observers = [tracingObserver(trace.getTracer("test"))];
    await refuses(() => echo("x".repeat(300_000)).run({ observers }), "SPAWN_FAILED");
    await sleep(30).run({ observers, timeoutMs: 50 });
    await sleep(30).run({ observers, signal: AbortSignal.abort() });
    await pipe(yes(), head("-n", 1)).run({ observers });
    const veto = (): void => {
      throw new Error("no");
    };
    await scoped({ before: veto }, () => refuses(() => echo("a").run({ observers }), "HOOK_FAILED"));
    const ended = spans().map(
      ({ name, attributes, status }) => `${name.slice(12)} ${String(attributes["cuprum.status"])} ${status.code}`,
    );
    assert.deepEqual(ended.toSorted(), [
      "echo cancelled 2",
      "echo failed 2",
      "head ok 1",
      "sleep cancelled 2",
      "sleep timedOut 2",
      "yes signalled 1",
    ]);
  });

  test("a span shows no argument and no secret", async (context) => {
    const { spans } = tracing(context);
    await echo(secret("hunter2")).run({ observers: [tracingObserver(trace.getTracer("test"))] });
    assert.doesNotMatch(inspect(spans().map(({ name, attributes }) => ({ name, attributes }))), /hunter2/);
  });
});

describe("metrics with OpenTelemetry", { timeout }, () => {
  test("executions by program, project and status; durations; bytes of inputs", async (context) => {
    const { read } = measuring(context);
    await scoped({ observers: [metricsObserver(metrics.getMeter("test"))] }, async () => {
      await echo("a").run();
      const plain = await pipe(echo("b"), cat()).run();
      assert.equal(plain.hops[0]?.wiring, "kernel", described(plain));
      await failing().run();
      await cat().run({ stdin: { text: "12345" } });
      await refuses(() => echo("x".repeat(300_000)).run(), "SPAWN_FAILED");
    });
    assert.deepEqual(await read("cuprum.executions"), [
      ["cat core-ops ok", 2],
      ["echo core-ops failed", 1],
      ["echo core-ops ok", 2],
      ["false core-ops failed", 1],
    ]);
    // What was never started has no duration.
    const durations = (await read("cuprum.duration")) as readonly (readonly [string, Histogram])[];
    assert.deepEqual(
      durations.map(([labels, { count }]) => [labels, count]),
      [
        ["cat core-ops ok", 2],
        ["echo core-ops ok", 2],
        ["false core-ops failed", 1],
      ],
    );
    for (const [, { sum }] of durations) assert.ok((sum ?? 0) > 0 && (sum ?? 0) < 30);
    assert.deepEqual(await read("cuprum.stdin.bytes"), [["cat core-ops", 5]]);
    assert.deepEqual(await read("cuprum.lines"), []);
  });

  test("lines by stream, when they were asked for", async (context) => {
    const { read } = measuring(context);
    const observers = [metricsObserver(metrics.getMeter("test"), { lines: true })];
    await sh("-c", "seq 10; seq 3 >&2").run({ observers });
    assert.deepEqual(await read("cuprum.lines"), [
      ["sh tests stderr", 3],
      ["sh tests stdout", 10],
    ]);
  });
});

describe("the logging observer", { timeout }, () => {
  async function logOf(
    run: (observers: ReturnType<typeof loggingObserver>[]) => Promise<unknown>,
  ): Promise<readonly string[]> {
    const records: LogRecord[] = [];
    await run([loggingObserver((record) => void records.push(record))]);
    return records.map(({ level, message }) => `${level} ${message.replaceAll(/process \d+|\d+ ms/g, "N")}`);
  }

  for (const [what, run, expected] of [
    [
      "what goes well",
      (observers) => echo("a").run({ observers }),
      ["info echo started as N", "info echo ok (exit code 0) after N"],
    ],
    [
      "what fails",
      (observers) => failing().run({ observers }),
      ["info false started as N", "warn false failed (exit code 1) after N"],
    ],
    [
      "what times out",
      (observers) => sleep(30).run({ observers, timeoutMs: 1000 }),
      ["info sleep started as N", "warn sleep timedOut (SIGTERM) after N"],
    ],
    [
      "what is never started",
      (observers) => sleep(30).run({ observers, timeoutMs: 0 }),
      ["warn sleep timedOut (not started) after N"],
    ],
    [
      "an input that is closed early",
      (observers) => head("-c", 1).run({ observers, stdin: Buffer.alloc(1 << 20) }),
      ["info head started as N", "warn head closed its input after 65536 bytes", "info head ok (exit code 0) after N"],
    ],
    [
      "a producer whose reader leaves",
      (observers) => pipe(yes(), head("-n", 1)).run({ observers }),
      [
        "info yes started as N",
        "info head started as N",
        "info head ok (exit code 0) after N",
        "info yes signalled (SIGPIPE) after N",
      ],
    ],
  ] as const satisfies readonly (readonly [
    string,
    (observers: ReturnType<typeof loggingObserver>[]) => Promise<unknown>,
    readonly string[],
  ])[]) {
    test(what, async () => {
      const log = (await logOf(run)).map((line) => line.replace(/after \d+ bytes/, "after 65536 bytes"));
      assert.deepEqual(log.toSorted(), expected.toSorted());
    });
  }
});
