import type { TestError } from "../journal/event.ts";

/** What a failed test of Rust has printed: `thread 'a::b' panicked at src/lib.rs:12:5:` says where, the line after it what. */
export function rustError(text: string): TestError {
  const [, file, line, message] = /panicked at (?:'.*', )?([^\s:]+\.rs):(\d+):\d+:?\n?(.*)/.exec(text) ?? [];
  const note = /^note: (test did not panic as expected.*)/m.exec(text)?.[1];
  const shown = message === undefined || message === "" ? (note ?? text.trim().split("\n")[0] ?? "") : message;
  const place = file === undefined ? {} : { file, line: Number(line) };
  return { message: shown === "" ? "no message" : shown, stack: text, ...place };
}
