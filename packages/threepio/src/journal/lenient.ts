import { type Body, type OutputPiece, STATUSES, type Status, type TestError } from "./event.ts";

/**
 * A parsed line as an event, or undefined when it is none. What is needed for a verdict must be there; a side field of the
 * wrong kind is mended or left out, and never costs the verdict. Where there is nothing to mend it may be the very same object.
 */
export function lenientBody(value: Readonly<Record<string, unknown>>): Body | undefined {
  if (isUsual(value)) return value as unknown as Body;
  const { type } = value;
  switch (type) {
    case "test.start": {
      const located = locatedOf(value);
      return located && { type, ...located, maybeGroup: value["maybeGroup"] === true };
    }
    case "test.retry": {
      const located = locatedOf(value);
      return located && { type, ...located, status: statusOf(value).status };
    }
    case "group.end": {
      const located = locatedOf(value);
      return located && { type, ...located, ms: numberOf(value["ms"]) };
    }
    case "test.end":
    case "test.attempt":
    case "subtest.end": {
      const located = locatedOf(value);
      return (
        located && {
          type,
          ...located,
          ...statusOf(value),
          ms: numberOf(value["ms"]),
          reason: textOf(value["reason"]),
          output: outputOf(value["output"]),
          file: textOf(value["file"]),
          line: numberOf(value["line"]),
        }
      );
    }
    case "group.error": {
      const located = locatedOf(value);
      const error = errorOf(value["error"]) ?? { message: "no message" };
      return (
        located && {
          type,
          ...located,
          phase: textOf(value["phase"]) ?? "run",
          error,
          output: outputOf(value["output"]),
        }
      );
    }
    case "output": {
      const located = locatedOf(value);
      return located && { type, ...located, stream: textOf(value["stream"]) ?? "stdout", text: shown(value["text"]) };
    }
    case "collected":
      return { type, count: numberOf(value["count"]) ?? 0 };
    case "totals":
      return { type, counts: countsOf(value["counts"]) };
    case "hello":
    case "bye":
    case "run.start":
    case "run.tree":
    case "run.end":
      return value as unknown as Body;
    default:
      return undefined;
  }
}

/** Whether it is of one of the two types that make up most of a journal, as its writers write it, and without message and output. */
function isUsual(value: Readonly<Record<string, unknown>>): boolean {
  const { type, path, project, part } = value;
  if (!Array.isArray(path) || !isTextOrNothing(project) || part !== undefined) return false;
  for (const name of path) if (typeof name !== "string") return false;
  if (type === "test.start") return value["maybeGroup"] === undefined || value["maybeGroup"] === true;
  if (type !== "test.end") return false;
  return (
    KNOWN_STATUSES.has(value["status"]) &&
    value["error"] === undefined &&
    value["output"] === undefined &&
    isNumberOrNothing(value["ms"]) &&
    isNumberOrNothing(value["line"]) &&
    isTextOrNothing(value["reason"]) &&
    isTextOrNothing(value["file"])
  );
}

function isTextOrNothing(value: unknown): boolean {
  return value === undefined || typeof value === "string";
}

function isNumberOrNothing(value: unknown): boolean {
  return value === undefined || Number.isFinite(value);
}

const KNOWN_STATUSES: ReadonlySet<unknown> = new Set(STATUSES);

function locatedOf(
  value: Readonly<Record<string, unknown>>,
): { readonly path: readonly string[]; readonly project?: string | undefined } | undefined {
  const { path, project } = value;
  const parts = Array.isArray(path) ? path.map((part) => shown(part)) : typeof path === "string" ? [path] : undefined;
  return parts && { path: parts, project: textOf(project) };
}

/** A status that we do not know comes from a newer reporter: it is a verdict, but not a good one. */
function statusOf(value: Readonly<Record<string, unknown>>): {
  readonly status: Status;
  readonly error?: TestError | undefined;
} {
  const error = errorOf(value["error"]);
  const status = STATUSES.find((known) => known === value["status"]);
  if (status !== undefined) return { status, error };
  return { status: "error", error: error ?? { message: `the status ${shown(value["status"])} is unknown` } };
}

function errorOf(value: unknown): TestError | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "object") return { message: shown(value) };
  const fields = value as Readonly<Record<string, unknown>>;
  return {
    message: shown(fields["message"] ?? fields["stack"] ?? "no message"),
    stack: textOf(fields["stack"]),
    expected: textOf(fields["expected"]),
    actual: textOf(fields["actual"]),
    file: textOf(fields["file"]),
    line: numberOf(fields["line"]),
  };
}

function outputOf(value: unknown): readonly OutputPiece[] | undefined {
  if (value === undefined || value === null) return undefined;
  const pieces: readonly unknown[] = Array.isArray(value) ? value : [value];
  return pieces.map((piece) => {
    if (typeof piece !== "object" || piece === null) return { stream: "stdout", text: shown(piece) };
    const fields = piece as Readonly<Record<string, unknown>>;
    return { stream: textOf(fields["stream"]) ?? "stdout", text: shown(fields["text"]) };
  });
}

function countsOf(value: unknown): Partial<Record<Status, number>> {
  const counts: Partial<Record<Status, number>> = {};
  if (typeof value !== "object" || value === null) return counts;
  const fields = value as Readonly<Record<string, unknown>>;
  for (const status of STATUSES) {
    const count = numberOf(fields[status]);
    if (count !== undefined) counts[status] = count;
  }
  return counts;
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function numberOf(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

function shown(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "");
}
