import type { Body } from "./event.ts";

/**
 * The fields of an event as JSON, each behind a comma: what goes between the envelope and the closing brace. A field that cannot be
 * written costs itself, never the event. This is most of what an event costs besides its `write`, so the usual fields have
 * shorter ways than JSON.stringify.
 */
export function eventText(body: Body): string {
  let text = "";
  // Bodies are objects of ours: neither their keys nor these two values need escapes.
  for (const key in body) {
    const value = (body as unknown as Readonly<Record<string, unknown>>)[key];
    if (key === "type") text += `,"type":"${value as string}"`;
    else if (key === "status") text += `,"status":"${value as string}"`;
    else if (key === "ms" && Number.isFinite(value)) text += `,"ms":${value as number}`;
    else text += otherField(key, value);
  }
  return text;
}

function otherField(key: string, value: unknown): string {
  try {
    const json = key === "path" ? pathText(value as readonly string[]) : JSON.stringify(value);
    return json === undefined ? "" : `,"${key}":${json}`;
  } catch {
    return key === "error" ? `,"error":{"message":"(an error that cannot be written)"}` : "";
  }
}

/** Most tests stand in the same group as the one before: its part of the path is kept. */
function pathText(path: readonly string[]): string {
  const depth = path.length - 1;
  if (depth < 1) return JSON.stringify(path);
  if (!isIn(path, depth)) {
    const text = JSON.stringify(path.slice(0, depth));
    group = path.slice(0, depth);
    groupText = text.slice(0, -1);
  }
  return `${groupText},${JSON.stringify(path[depth]) ?? "null"}]`;
}

function isIn(path: readonly string[], depth: number): boolean {
  if (group.length !== depth) return false;
  for (let at = 0; at < depth; at++) if (group[at] !== path[at]) return false;
  return true;
}

/** Where the last test stood, and that as JSON without the closing bracket. */
let group: readonly string[] = [];
let groupText = "";
