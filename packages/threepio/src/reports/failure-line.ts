import type { Detail } from "../model/detail-store.ts";
import type { Failure } from "../model/overview.ts";

/** A failure for people: its name, the first line that says something, and where it is. */
export interface FailureLine {
  readonly name: string;
  readonly message: string | undefined;
  /** `tests/test_a.py:12`. */
  readonly place: string | undefined;
}

export function failureLine({ path, status }: Failure, detail: Detail | undefined): FailureLine {
  const name = path.filter((part) => part !== "").join(" > ");
  if (detail === undefined || detail.type === "output") {
    const message =
      status === "crashed" ? "it started, and never ended: its process died, or it was interrupted" : undefined;
    return { name, message, place: undefined };
  }
  const { error } = detail;
  const [file, line] =
    error?.line !== undefined
      ? [error.file, error.line]
      : detail.type === "group.error"
        ? [undefined, undefined]
        : [detail.file, detail.line];
  const place = file === undefined ? undefined : `${file}${line === undefined ? "" : `:${line}`}`;
  const message = error && firstLine(error.message);
  return { name, message: detail.type === "group.error" ? `${detail.phase}: ${message ?? ""}` : message, place };
}

/** The first line that is not empty, at most 200 characters of it. */
function firstLine(text: string): string {
  const line = /\S.*/.exec(text)?.[0] ?? "";
  return line.length > MAX_LENGTH ? `${line.slice(0, MAX_LENGTH)}...` : line;
}

const MAX_LENGTH = 200;
