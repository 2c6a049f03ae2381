import type { Status } from "../journal/event.ts";
import type { Emit, LineReader } from "../journal/line-format.ts";
import { BoundedText } from "./bounded-text.ts";
import { StreamEvents } from "./stream-events.ts";

const RESULT = /^(not )?ok\b(?: (\d+))?(?: -)?(?: (.*?))?(?: # (SKIP|TODO)\b:?\s*(.*))?(?: \{)?$/i;

/** A level of nesting. */
interface Level {
  readonly name: string;
  /** Tests it said it would run, and those that it ran. */
  planned: number | undefined;
  seen: number;
}

/**
 * Reads the Test Anything Protocol, versions 12 to 14. A test with subtests is the group of these, and no test itself; that is
 * how each test counts once.
 */
export function tapStream(segment: string, emit: Emit): LineReader {
  const events = new StreamEvents(segment, emit);
  const levels: Level[] = [{ name: ROOT, planned: undefined, seen: 0 }];
  /** The last test, which a diagnostic block may follow. */
  let pending:
    | { readonly path: readonly string[]; readonly status: Status; readonly reason: string | undefined }
    | undefined;
  let diagnostic: { readonly indent: number; readonly text: BoundedText } | undefined;
  let block = "";
  /** Name and depth of the group that has ended: its own result follows. */
  let closed: { readonly depth: number; readonly level: Level } | undefined;

  const release = (): void => {
    if (pending === undefined) return;
    const { path, status, reason } = pending;
    const isBad = status === "fail";
    const error = isBad || block !== "" ? { message: messageOf(block), stack: block, ...placeOf(block) } : undefined;
    events.write({ type: "test.end", path, status, reason, ms: msOf(block), ...(isBad ? { error } : {}) });
    pending = undefined;
    block = "";
  };

  const leave = (depth: number): void => {
    while (levels.length - 1 > depth) {
      const level = levels.pop()!;
      // Node announces every test like a group; without tests in it, it was one.
      if (level.seen === 0 && level.planned === undefined) continue;
      checkPlan(level, [...levels.map(({ name }) => name), level.name]);
      closed = { depth: levels.length - 1, level };
    }
  };

  const checkPlan = ({ planned, seen }: Level, path: readonly string[]): void => {
    if (planned === undefined || planned === seen) return;
    const error = { message: `${planned} tests were planned, ${seen} ran` };
    events.write({ type: "group.error", path, phase: "plan", error });
  };

  const result = ([, not, , title = "", directive, reason]: RegExpExecArray): void => {
    release();
    const level = levels.at(-1)!;
    level.seen++;
    const name = title === "" ? `test ${level.seen}` : title.replaceAll(/\\([#\\])/g, "$1");
    const path = [...levels.map((one) => one.name), name];
    const word = directive?.toUpperCase();
    const status: Status = word === "SKIP" ? "skip" : word === "TODO" ? "todo" : not === undefined ? "pass" : "fail";
    if (closed !== undefined && closed.depth === levels.length - 1) {
      closed = undefined;
      events.write({ type: "group.end", path });
      return;
    }
    pending = { path, status, reason: reason === "" ? undefined : reason };
  };

  const take = (line: string): void => {
    const indent = /^ */.exec(line)![0].length;
    const text = line.slice(indent);
    if (diagnostic !== undefined) {
      if (text === "..." && indent <= diagnostic.indent) {
        block = diagnostic.text.text();
        diagnostic = undefined;
      } else diagnostic.text.add(`${line.slice(diagnostic.indent)}\n`);
      return;
    }
    if (text === "---" && pending !== undefined) {
      diagnostic = { indent, text: new BoundedText() };
      return;
    }
    const depth = Math.floor(indent / 4);
    const subtest = /^# Subtest(?:: (.*))?$/.exec(text);
    if (subtest !== null) {
      events.hello("TAP");
      release();
      // Node writes the comment at its parent's depth, others inside.
      leave(Math.min(depth, levels.length - 1));
      levels.push({ name: subtest[1] ?? "", planned: undefined, seen: 0 });
      closed = undefined;
      return;
    }
    const found = RESULT.exec(text);
    const plan = /^1\.\.(\d+)/.exec(text);
    if (found === null && plan === null) {
      if (/^TAP version \d+/.test(text)) events.hello("TAP", /\d+/.exec(text)![0]);
      if (text.startsWith("Bail out!")) {
        release();
        events.write({ type: "group.error", path: [ROOT], phase: "bail out", error: { message: text } });
      }
      return;
    }
    events.hello("TAP");
    if (depth < levels.length - 1) {
      release();
      leave(depth);
    }
    if (found !== null) result(found);
    else levels.at(-1)!.planned = Number(plan![1]);
  };

  return {
    line(text) {
      events.countLine();
      take(text.endsWith("\r") ? text.slice(0, -1) : text);
    },
    end(tail) {
      if (tail !== "") this.line(tail, { offset: 0, length: 0 });
      release();
      leave(0);
      checkPlan(levels[0]!, [ROOT]);
    },
    integrity: () => events.integrity(),
  };
}

const ROOT = "TAP";

function messageOf(block: string): string {
  const [, quoted, plain] = /^\s*(?:error|message):\s*(?:'([^']*)'|"?(.+?)"?)\s*$/m.exec(block) ?? [];
  const [, folded] = /^\s*(?:error|message):\s*[|>]-?\n\s*(.+)$/m.exec(block) ?? [];
  return folded ?? quoted ?? plain ?? "not ok";
}

function placeOf(block: string): { readonly file?: string; readonly line?: number } {
  const [, file, line] = /^\s*(?:location|at):\s*'?(.+?):(\d+)(?::\d+)?'?\s*$/m.exec(block) ?? [];
  return file === undefined ? {} : { file, line: Number(line) };
}

function msOf(block: string): number | undefined {
  const [, ms] = /^\s*duration_ms:\s*([\d.]+)\s*$/m.exec(block) ?? [];
  return ms === undefined ? undefined : Number(ms);
}
