import { createRequire } from "node:module";
import type { SaxesParser, SaxesTagPlain } from "saxes";
import type { OutputPiece, Status, TestError } from "../journal/event.ts";
import type { Emit, LineReader } from "../journal/line-format.ts";
import { BoundedText } from "./bounded-text.ts";
import { StreamEvents } from "./stream-events.ts";

/** What is known of the test case that is being read. */
interface Case {
  readonly path: readonly string[];
  readonly ms: number | undefined;
  readonly file: string | undefined;
  readonly line: number | undefined;
  status: Status;
  reason: string | undefined;
  error: TestError | undefined;
  /** Messages of attempts that did not count (surefire's `flakyFailure` and `rerunFailure`). */
  readonly attempts: TestError[];
  readonly output: OutputPiece[];
}

/** Reads JUnit XML, of whoever writes it: suites in suites, cases, and what has become of them. */
export function junitStream(segment: string, emit: Emit): LineReader {
  const events = new StreamEvents(segment, emit);
  const suites: string[] = [];
  let current: Case | undefined;
  /** The element whose text is being collected. */
  let element: { readonly name: string; readonly attributes: Attributes; readonly text: BoundedText } | undefined;
  let problem: string | undefined;

  const open = ({ name, attributes }: SaxesTagPlain): void => {
    if (name === "testsuites") events.hello("JUnit XML");
    else if (name === "testsuite") {
      events.hello("JUnit XML");
      suites.push(attributes["file"] ?? attributes["name"] ?? "");
    } else if (name === "testcase") {
      current = caseOf(attributes, suites);
      events.write({ type: "test.start", path: current.path });
    } else element = { name, attributes, text: new BoundedText() };
  };

  const close = ({ name }: SaxesTagPlain): void => {
    if (name === "testsuite") events.write({ type: "group.end", path: [suites.pop() ?? ""] });
    else if (name === "testcase") ended();
    else if (element !== undefined && element.name === name) {
      found(element.name, element.attributes, element.text.text());
      element = undefined;
    }
  };

  const found = (name: string, attributes: Attributes, text: string): void => {
    const error = { message: attributes["message"] ?? text.trim().split("\n")[0] ?? "", stack: text.trim() };
    if (current === undefined) {
      const path = [suites[0] ?? "(no suite)"];
      if (name === "error" || name === "failure") events.write({ type: "group.error", path, phase: name, error });
      else if (/^system-(?:out|err)$/.test(name) && text.trim() !== "") {
        events.write({ type: "output", path, stream: name, text });
      }
      return;
    }
    if (name === "failure" || name === "error") {
      current.status = name === "failure" ? "fail" : "error";
      // A test that failed in its call and broke in its teardown has both.
      if (current.error !== undefined) current.output.push({ stream: "error", text: current.error.stack ?? "" });
      current.error = error;
    } else if (name === "skipped") {
      current.status = attributes["type"] === "pytest.xfail" ? "xfail" : "skip";
      current.reason = attributes["message"] ?? (text.trim() === "" ? undefined : text.trim());
    } else if (/^(?:flaky|rerun)(?:Failure|Error)$/.test(name)) current.attempts.push(error);
    else if (/^system-(?:out|err)$/.test(name) && text.trim() !== "") current.output.push({ stream: name, text });
  };

  const ended = (): void => {
    if (current === undefined) return;
    const { path, ms, file, line, status, reason, error, attempts, output } = current;
    for (const attempt of attempts) events.write({ type: "test.attempt", path, status: "fail", error: attempt });
    const isBad = status === "fail" || status === "error";
    events.write({
      type: "test.end",
      path,
      status,
      ms,
      reason,
      error: isBad ? { ...error!, ...(line === undefined ? {} : { file, line }) } : undefined,
      output: output.length === 0 ? undefined : output,
    });
    current = undefined;
  };

  const parser = newParser();
  parser.on("opentag", open);
  parser.on("closetag", close);
  parser.on("text", (text) => element?.text.add(text));
  parser.on("cdata", (text) => element?.text.add(text));
  parser.on("error", (error) => {
    problem ??= error.message;
  });
  const write = (text: string): void => {
    if (problem === undefined) parser.write(text);
  };

  return {
    line(text) {
      events.countLine();
      write(`${text}\n`);
    },
    end(tail) {
      if (tail !== "") this.line(tail, { offset: 0, length: 0 });
      if (problem === undefined) parser.close();
      ended();
      if (problem === undefined) return;
      events.countLine(true);
      events.write({ type: "group.error", path: [segment], phase: "reading", error: { message: problem } });
    },
    integrity: () => events.integrity(),
  };
}

type Attributes = Readonly<Record<string, string>>;

function caseOf(attributes: Attributes, suites: readonly string[]): Case {
  const { name = "", classname, time, file, line } = attributes as { readonly [name: string]: string | undefined };
  const outer = suites.filter((suite) => suite !== "");
  const root = file ?? outer[0] ?? classname ?? "(no suite)";
  const groups = file === undefined ? outer.slice(1) : outer.filter((suite) => suite !== file);
  const parts = [root, ...groups, ...(classname === undefined || classname === "" ? [] : [classname])];
  const path = [...parts.filter((part, at) => part !== parts[at - 1]), name];
  const seconds = Number(time?.replaceAll(",", ""));
  return {
    path,
    ms: time === undefined || Number.isNaN(seconds) ? undefined : seconds * 1000,
    file,
    line: line === undefined || Number.isNaN(Number(line)) ? undefined : Number(line),
    status: "pass",
    reason: undefined,
    error: undefined,
    attempts: [],
    output: [],
  };
}

/** Loaded only where it is used. It refuses entities that the document defines, so that none can grow without bound. */
function newParser(): SaxesParser {
  const { SaxesParser: Parser } = createRequire(import.meta.url)("saxes") as {
    readonly SaxesParser: new () => SaxesParser;
  };
  return new Parser();
}
