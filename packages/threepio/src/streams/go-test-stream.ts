import type { Located, Status, TestError } from "../journal/event.ts";
import type { Emit, LineReader } from "../journal/line-format.ts";
import { BoundedText } from "./bounded-text.ts";
import { StreamEvents } from "./stream-events.ts";

/** A line of `go test -json`; see `go doc test2json`. */
interface GoEvent {
  readonly Time?: string;
  readonly Action: string;
  readonly Package?: string;
  readonly ImportPath?: string;
  readonly Test?: string;
  readonly Elapsed?: number;
  readonly Output?: string;
  readonly FailedBuild?: string;
}

/** Reads the output of `go test -json`. */
export function goTestStream(segment: string, emit: Emit): LineReader {
  const events = new StreamEvents(segment, emit);
  /** What tests and packages at work have printed, by package and test. */
  const outputs = new Map<string, BoundedText>();
  /** Packages in which a test failed: then the failure of the package itself says nothing more. */
  const failed = new Set<string>();
  const open = new Map<string, Set<string>>();

  const outputOf = (key: string): BoundedText => {
    const known = outputs.get(key);
    if (known !== undefined) return known;
    const made = new BoundedText();
    outputs.set(key, made);
    return made;
  };

  const taken = (key: string): string => {
    const text = outputs.get(key)?.text() ?? "";
    outputs.delete(key);
    return text;
  };

  const testEnded = (event: GoEvent, status: Status, t: number): void => {
    const { Package: name = "", Test: test = "", Elapsed: seconds } = event;
    if (status === "fail") failed.add(name);
    open.get(name)?.delete(test);
    const text = withoutFrame(taken(keyOf(name, test)));
    const failure = status === "fail" ? errorOf(text) : undefined;
    events.write(
      {
        type: "test.end",
        ...located(name, test),
        status,
        ms: seconds === undefined ? undefined : seconds * 1000,
        error: failure,
        reason: status === "skip" ? errorOf(text).message : undefined,
        output: text === "" || status === "fail" ? undefined : [{ stream: "stdout", text }],
      },
      t,
    );
  };

  const packageEnded = (event: GoEvent, t: number): void => {
    const { Action: action, Package: name = "", FailedBuild: build, Elapsed: seconds } = event;
    const text = taken(keyOf(name, ""));
    if (action === "fail" && build !== undefined) {
      const output = taken(keyOf(build, BUILD));
      const message = firstError(output) ?? "the build failed";
      events.write({ type: "group.error", path: [name], phase: "build", error: { message, stack: output } }, t);
    } else if (action === "fail" && (!failed.has(name) || (open.get(name)?.size ?? 0) > 0)) {
      // No test has failed, or some never ended: the package's process did.
      const atWork = [...(open.get(name) ?? [])].map((test) => taken(keyOf(name, test)));
      const output = [...atWork, text].join("");
      const message =
        /^(?:panic: |fatal error: |exit status |signal: ).*$/m.exec(output)?.[0] ?? "it ended before its tests did";
      events.write({ type: "group.error", path: [name], phase: "package", error: { message, stack: output } }, t);
    }
    failed.delete(name);
    open.delete(name);
    events.write({ type: "group.end", path: [name], ms: seconds === undefined ? undefined : seconds * 1000 }, t);
  };

  const take = (event: GoEvent): void => {
    const t = event.Time === undefined ? 0 : Date.parse(event.Time);
    const { Action: action, Package: name = "", Test: test, Output: output = "" } = event;
    events.hello("go test");
    switch (action) {
      case "run":
        if (test === undefined) return;
        open.set(name, (open.get(name) ?? new Set()).add(test));
        events.write({ type: "test.start", ...located(name, test) }, t);
        return;
      case "output":
        outputOf(keyOf(name, test ?? "")).add(output);
        return;
      case "build-output":
        outputOf(keyOf(event.ImportPath ?? "", BUILD)).add(output);
        return;
      case "pass":
      case "fail":
      case "skip":
        if (test === undefined) packageEnded(event, t);
        else testEnded(event, action, t);
    }
  };

  return {
    line(text) {
      const event = parsed(text);
      events.countLine(event === undefined && text.startsWith("{"));
      if (event !== undefined) take(event);
      else if (text !== "") events.write({ type: "output", path: ["(go)"], stream: "stdout", text: `${text}\n` });
    },
    end(tail) {
      if (tail !== "") this.line(tail, { offset: 0, length: 0 });
    },
    integrity: () => events.integrity(),
  };
}

/** What a line of the stream printed: the text that people see. */
export function goTestText(line: string): string {
  const event = parsed(line);
  return event === undefined ? `${line}\n` : (event.Output ?? "");
}

const BUILD = "\u0000build";

function keyOf(name: string, test: string): string {
  return `${name}\u0000${test}`;
}

function located(name: string, test: string): Located {
  return { path: [name, ...test.split("/")] };
}

function parsed(text: string): GoEvent | undefined {
  if (!text.startsWith("{")) return undefined;
  try {
    const event = JSON.parse(text) as GoEvent;
    return typeof event.Action === "string" ? event : undefined;
  } catch {
    return undefined;
  }
}

/** Without the lines by which go frames the output of a test. */
function withoutFrame(text: string): string {
  return text.replaceAll(/^ *(?:=== (?:RUN|PAUSE|CONT|NAME)|--- (?:PASS|FAIL|SKIP):) .*\n?/gm, "");
}

/** `    sum_test.go:12: got 3` is where and what. */
function errorOf(text: string): TestError {
  const [, file, line, message] = /^\s*([^\s:]+\.go):(\d+): (.*)$/m.exec(text) ?? [];
  if (file === undefined) return { message: firstError(text) ?? "a part of it failed", stack: text };
  return { message: message!, stack: text, file, line: Number(line) };
}

function firstError(text: string): string | undefined {
  const lines = text.split("\n").filter((line) => line.trim() !== "" && !line.startsWith("#"));
  return lines.find((line) => line.startsWith("panic: ")) ?? lines[0]?.trim();
}
