import type { FullRecord } from "../model/result-record.ts";

/**
 * The first frame of a failure's stack that is the project's own: `path:line`. Stacks are read as Node, Python, Go and Rust write
 * them; frames of packages and of the language itself are passed over. Without one, the place that the runner gave.
 *
 * @param cwd the run's folder: paths in it are given relative to it
 */
export function topFrame(
  { stack, place }: Pick<FullRecord, "stack" | "place">,
  cwd: string | undefined,
): string | undefined {
  let own: string | undefined;
  for (const [, file, line] of (stack ?? "").matchAll(FRAME)) {
    if (FOREIGN.test(file!)) continue;
    own = `${file!.replace(/^file:\/\//, "")}:${line}`;
    // Python's last frame is the innermost, everybody else's first one is.
    if (!file!.endsWith(".py")) break;
  }
  if (own === undefined) return place;
  return cwd !== undefined && own.startsWith(`${cwd}/`) ? own.slice(cwd.length + 1) : own;
}

/** A stack without the frames of packages and of the language itself. */
export function ownFrames(stack: string): string {
  return stack
    .split("\n")
    .filter((line) => {
      const [, file] = new RegExp(FRAME.source, "m").exec(line) ?? [];
      return !((file !== undefined && FOREIGN.test(file)) || /[\s(]node:[\w/]+:\d+:\d+\)?$/.test(line));
    })
    .join("\n");
}

const FRAME = /(?<=^|[\s("])((?:file:\/\/)?[^\s()":]+\.\w{1,5})(?:", line |:)(\d+)(?=[\s:),]|$)/gm;
const FOREIGN =
  /(?:^|\/)node_modules\/|^node:|\/site-packages\/|\/lib\/python|\/usr\/(?:lib|local\/go)\/|\/rustc\/|\/\.cargo\//;
