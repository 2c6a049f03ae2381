import type { Status } from "../journal/event.ts";
import type { Emit, LineReader } from "../journal/line-format.ts";
import { BoundedText } from "./bounded-text.ts";
import { CompileErrors } from "./compile-errors.ts";
import { rustError } from "./rust-error.ts";
import { StreamEvents } from "./stream-events.ts";

const RUNNING = /^\s*Running (?:(.+) )?\((?:.*\/)?(.+?)-[0-9a-f]{16}(?:\.exe)?\)$/;
const RUNNING_OLD = /^\s*Running (?:.*\/)?deps\/(.+?)-[0-9a-f]{16}(?:\.exe)?$/;
const DOC_TESTS = /^\s*Doc-tests (.+)$/;
const COUNT = /^running (\d+) tests?$/;
const TEST = /^test (.+?)(?: - should panic)? \.\.\. (ok|FAILED|ignored)(?:, (.*))?$/;
const TEST_BEGUN = /^test (.+?)(?: - should panic)? \.\.\. /;
const SECTION = /^---- (.+?) (?:stdout|stderr) ----$/;
const RESULT = /^test result: \S+\. (\d+) passed; (\d+) failed; (\d+) ignored;.*?(?:finished in ([\d.]+)s)?$/;
const STATUSES: ReadonlyMap<string, Status> = new Map([
  ["ok", "pass"],
  ["FAILED", "fail"],
  ["ignored", "skip"],
]);

/** Reads what `cargo test` prints: the stable text of libtest, and cargo's own lines between. */
export function cargoTestStream(segment: string, emit: Emit): LineReader {
  const events = new StreamEvents(segment, emit);
  const totals = { pass: 0, fail: 0, skip: 0 };
  let root = "(cargo)";
  /** Failed tests of the program at work: their messages come after all verdicts. */
  let failures = new Map<string, BoundedText>();
  let section: BoundedText | undefined;
  /** A test whose verdict comes on a later line, because it prints. */
  let begun: string | undefined;
  const compileErrors = new CompileErrors();
  let isCounted = false;

  const path = (name: string): readonly string[] => [root, ...name.split("::")];

  const ended = (name: string, word: string, reason: string | undefined): void => {
    begun = undefined;
    const status = STATUSES.get(word)!;
    if (status === "fail") failures.set(name, new BoundedText());
    else events.write({ type: "test.end", path: path(name), status, reason });
  };

  /** The verdicts that had to wait for their messages. */
  const release = (): void => {
    for (const [name, text] of failures) {
      events.write({ type: "test.end", path: path(name), status: "fail", error: rustError(text.text()) });
    }
    failures = new Map();
    section = undefined;
  };

  const enter = (name: string): void => {
    release();
    root = name;
    events.hello("cargo test");
  };

  const take = (line: string): void => {
    const running = RUNNING.exec(line);
    if (running !== null) return enter([running[2], running[1]].filter((part) => part !== undefined).join(" "));
    const old = RUNNING_OLD.exec(line) ?? undefined;
    if (old !== undefined) return enter(old[1]!);
    const documented = DOC_TESTS.exec(line);
    if (documented !== null) return enter(`${documented[1]} doc-tests`);
    const count = COUNT.exec(line);
    if (count !== null) {
      isCounted = true;
      events.write({ type: "collected", count: Number(count[1]) });
      return;
    }
    const test = TEST.exec(line);
    if (test !== null) return ended(test[1]!, test[2]!, test[3]);
    if (begun !== undefined && /(?:^|[^A-Za-z])(?:ok|FAILED)$/.test(line)) {
      return ended(begun, line.endsWith("ok") ? "ok" : "FAILED", undefined);
    }
    const begins = TEST_BEGUN.exec(line);
    if (begins !== null) {
      begun = begins[1]!;
      return;
    }
    const result = RESULT.exec(line);
    if (result !== null) return summed(result);
    const heading = SECTION.exec(line);
    if (heading !== null) {
      section = failures.get(heading[1]!);
      return;
    }
    // The list of failed tests ends their messages.
    if (line === "failures:") section = undefined;
    section?.add(`${line}\n`);
    processTrouble(line);
  };

  const summed = ([, passed, failed, ignored, seconds]: RegExpExecArray): void => {
    release();
    totals.pass += Number(passed);
    totals.fail += Number(failed);
    totals.skip += Number(ignored);
    events.write({ type: "group.end", path: [root], ms: seconds === undefined ? undefined : Number(seconds) * 1000 });
  };

  const processTrouble = (line: string): void => {
    const error = compileErrors.take(line);
    if (error !== undefined) {
      events.hello("cargo test");
      events.write({ type: "group.error", path: ["(cargo)"], phase: "compile", error });
    }
    const died = /process didn't exit successfully: .*\((signal: .*)\)$/.exec(line);
    if (died !== null) {
      events.write({ type: "group.error", path: [root], phase: "process", error: { message: died[1]! } });
    }
  };

  return {
    line(text) {
      events.countLine();
      take(text.endsWith("\r") ? text.slice(0, -1) : text);
    },
    end(tail) {
      if (tail !== "") this.line(tail, { offset: 0, length: 0 });
      release();
      if (isCounted) events.write({ type: "totals", counts: totals });
    },
    integrity: () => events.integrity(),
  };
}
