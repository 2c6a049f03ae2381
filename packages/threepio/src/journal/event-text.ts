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
    else if (key === "ms" && Number.isFinite(value)) text += `,"ms":${timeText(value as number)}`;
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

/** To the microsecond, as whole numbers: the shortest text of a fraction takes as long as the rest of the event. */
function timeText(ms: number): string {
  if (!(ms >= 0 && ms < LONGEST_MS)) return `${ms}`;
  const micros = Math.round(1000 * ms);
  const whole = Math.floor(micros / 1000);
  const rest = micros - 1000 * whole;
  return rest === 0 ? `${whole}` : `${whole}.${rest < 10 ? "00" : rest < 100 ? "0" : ""}${rest}`;
}

/** Whole numbers of microseconds up to here are integers that the engine has quick ways for. */
const LONGEST_MS = 1e6;

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
