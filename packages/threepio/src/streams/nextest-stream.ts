import type { Located, Status, TestError } from "../journal/event.ts";
import type { Emit, LineReader } from "../journal/line-format.ts";
import { CompileErrors } from "./compile-errors.ts";
import { rustError } from "./rust-error.ts";
import { StreamEvents } from "./stream-events.ts";

/** A line of `--message-format libtest-json-plus`: libtest's own format, and which binary a suite is of. */
interface NextestEvent {
  readonly type: "suite" | "test";
  readonly event: "started" | "ok" | "failed" | "ignored";
  /** Of a test: `crate::binary$module::test`, and `#3` behind it after three tries. */
  readonly name?: string;
  readonly test_count?: number;
  readonly passed?: number;
  readonly failed?: number;
  /** Seconds. */
  readonly exec_time?: number;
  /** Both streams of the test. */
  readonly stdout?: string;
  readonly reason?: string;
  readonly nextest?: { readonly crate: string; readonly test_binary: string; readonly kind: string };
}

const NAME = "cargo nextest";

/** A binary with tests. */
interface Suite {
  /** nextest's id of it: `crate`, `crate::integration`, `crate::bin/name`. */
  root: string;
  readonly open: Map<string, Located>;
  isOver: boolean;
}

/**
 * Reads the output of `cargo nextest run --message-format libtest-json-plus`.
 *
 * nextest 0.9 leaves the verdicts of ignored tests out when nothing else of their binary ends after them, and may say twice that a binary begins:
 * so a test that only begins, of a binary that is over, was ignored, and what a binary says it has is counted once.
 */
export function nextestStream(segment: string, emit: Emit): LineReader {
  const events = new StreamEvents(segment, emit);
  const suites = new Map<string, Suite>();
  const totals = { pass: 0, fail: 0 };
  const compileErrors = new CompileErrors();

  const suiteOf = (name: string): Suite => {
    const known = suites.get(name);
    if (known !== undefined) return known;
    const made = { root: name, open: new Map(), isOver: false };
    suites.set(name, made);
    return made;
  };

  const takeSuite = ({ event, nextest, test_count: count = 0, passed = 0, failed = 0 }: NextestEvent): void => {
    if (nextest === undefined) return;
    const name = `${nextest.crate}::${nextest.test_binary}`;
    const isNew = !suites.has(name);
    const suite = suiteOf(name);
    const root = binaryId(nextest);
    // A library and a program of one name cannot be told apart by the names of their tests.
    suite.root = isNew || suite.root === root ? root : name;
    suite.isOver = event !== "started";
    if (event === "started") {
      if (isNew) events.write({ type: "collected", count });
      return;
    }
    totals.pass += passed;
    totals.fail += failed;
  };

  const takeTest = ({ event, name = "", exec_time: seconds, stdout = "", reason }: NextestEvent): void => {
    const [, prefix = "", path = "", tries = "1"] = /^(.*?)\$(.*?)(?:#(\d+))?$/.exec(name) ?? [];
    const suite = suiteOf(prefix);
    const located = { path: [suite.root, ...path.split("::")] };
    if (event === "started") {
      suite.open.set(path, located);
      events.write({ type: "test.start", ...located });
      return;
    }
    suite.open.delete(path);
    const status: Status = event === "ok" ? "pass" : event === "failed" ? "fail" : "skip";
    // Nothing is said of the tries before, but that they failed.
    for (let attempt = 1; attempt < Number(tries); attempt++)
      events.write({ type: "test.attempt", ...located, status: "fail" });
    events.write({
      type: "test.end",
      ...located,
      status,
      ms: seconds === undefined ? undefined : seconds * 1000,
      error: status === "fail" ? errorOf(stdout, reason) : undefined,
    });
  };

  return {
    line(text) {
      const event = parsed(text);
      events.countLine(event === undefined && text.startsWith('{"type":'));
      if (event === undefined) {
        const error = compileErrors.take(text);
        if (error === undefined) return;
        events.hello(NAME);
        events.write({ type: "group.error", path: ["(cargo)"], phase: "compile", error });
        return;
      }
      events.hello(NAME);
      if (event.type === "suite") takeSuite(event);
      else takeTest(event);
    },
    end(tail) {
      if (tail !== "") this.line(tail, { offset: 0, length: 0 });
      for (const { root, open, isOver } of suites.values()) {
        if (!isOver) continue;
        for (const located of open.values()) events.write({ type: "test.end", ...located, status: "skip" });
        events.write({ type: "group.end", path: [root] });
      }
      const all = [...suites.values()];
      if (all.length > 0 && all.every(({ isOver }) => isOver)) events.write({ type: "totals", counts: totals });
    },
    integrity: () => events.integrity(),
  };
}

/** What a line printed for people: all lines but those of the format. */
export function nextestText(line: string): string {
  return parsed(line) === undefined ? `${line}\n` : "";
}

/** As nextest's documentation has it. */
function binaryId({ crate, test_binary: name, kind }: NonNullable<NextestEvent["nextest"]>): string {
  if (kind === "lib" || kind === "proc-macro") return crate;
  return kind === "test" ? `${crate}::${name}` : `${crate}::${kind}/${name}`;
}

function errorOf(stdout: string, reason: string | undefined): TestError {
  return stdout.trim() === "" && reason !== undefined ? { message: reason } : rustError(stdout);
}

function parsed(text: string): NextestEvent | undefined {
  if (!text.startsWith('{"type":')) return undefined;
  try {
    const event = JSON.parse(text) as NextestEvent;
    return event.type === "suite" || (event.type === "test" && typeof event.name === "string") ? event : undefined;
  } catch {
    return undefined;
  }
}
