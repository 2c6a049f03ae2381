import type { StreamSource } from "../journal/event.ts";
import type { OpenReader } from "../journal/line-format.ts";

/** A test runner that 3pio knows. */
export interface Runner {
  readonly name: string;
  /** What it is, for the help. */
  readonly summary: string;
  /** True when these words start it. Words are a command without a shell: programs and arguments. */
  readonly matches: (words: readonly string[]) => boolean;
  /** Why the words start a mode that never ends, if they do. */
  readonly watches?: ((words: readonly string[]) => string | undefined) | undefined;
  /** Changes the command. Default: none, its reporter comes in through the environment. */
  readonly rewrite?: ((command: readonly string[]) => readonly string[]) | undefined;
  /** More environment; `words` are what the command comes down to. NODE_OPTIONS are added to the user's. */
  readonly environment?: ((words: readonly string[], context: StartContext) => ReadonlyMap<string, string>) | undefined;
  /** Its own output, where that is what is read. */
  readonly stream?: OutputStream | undefined;
}

export interface StartContext {
  /** Folder of the reporters, absolute. */
  readonly reporters: string;
  /** Whether the command itself starts the runner, so that `rewrite` was called. */
  readonly isDirect: boolean;
  /** All commands behind the command. */
  readonly all: readonly (readonly string[])[];
}

/** A runner whose standard output is read as events. */
export interface OutputStream {
  readonly format: string;
  /**
   * Where its output goes: `output.log` with everything else, or, when people cannot read it, a file of its own in
   * `events`.
   */
  readonly file: StreamSource["file"];
  readonly open: OpenReader;
  /** What a line of it printed, for output.log. Default: the stream is output.log itself. */
  readonly textOf?: ((line: string) => string) | undefined;
}

/** The name of a program: without its folder, version and ending. */
export function programName(word: string): string {
  const name = word.slice(word.lastIndexOf("/") + 1);
  return name.replace(/\.(?:[cm]?js|exe|cmd|py)$/, "").replace(/(?<=.)@.*$/, "");
}

/**
 * Where in the words a program of one of these names stands; -1: nowhere. It may stand behind launchers (`npx`, `python -m`,
 * `uv run`), but not be the value of an option.
 */
export function programAt(words: readonly string[], names: ReadonlySet<string>): number {
  return words.findIndex(
    (word, at) => names.has(programName(word)) && !/^-(?!m$|-$|y$|-yes$)/.test(words[at - 1] ?? ""),
  );
}
