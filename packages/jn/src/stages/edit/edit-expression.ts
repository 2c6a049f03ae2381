import { fromJson } from "../../filter/builtins/types.ts";
import { FilterError } from "../../filter/value/filter-error.ts";
import type { Value } from "../../filter/value/value.ts";
import { usageError } from "../../jn-error.ts";

/** Edits as a jq expression, and the values that it has as variables. */
export interface EditExpression {
  readonly text: string;
  readonly variables: ReadonlyMap<string, Value>;
}

/** What the command line asks for; each in its order. */
export interface Edits {
  /** JSON of objects to merge in. */
  readonly merges: readonly string[];
  /** `.path=text` and `.path:=json`. */
  readonly assignments: readonly string[];
  readonly appends: readonly (readonly [path: string, json: string])[];
  readonly prepends: readonly (readonly [path: string, json: string])[];
  readonly deletions: readonly string[];
}

/** Whether an argument is an assignment: `.name=`, `."a b".c[0]:=`. */
export function isAssignment(text: string): boolean {
  return ASSIGNMENT.test(text);
}

/** @throws JnError `USAGE` */
export function editExpression(edits: Edits): EditExpression {
  const variables = new Map<string, Value>();
  const variable = (value: Value): string => {
    variables.set(`v${variables.size}`, value);
    return `$v${variables.size - 1}`;
  };
  const steps = edits.merges.map((json) => `_patch(${variable(parsed("--merge", json))})`);
  for (const text of edits.assignments) {
    const [, path = "", operator, value = ""] = ASSIGNMENT.exec(text) ?? [];
    steps.push(`${pathOf(path)} = ${variable(operator === "=" ? value : parsed(path, value))}`);
  }
  for (const [path, json] of edits.appends) steps.push(`${pathOf(path)} |= . + [${variable(parsed(path, json))}]`);
  for (const [path, json] of edits.prepends) steps.push(`${pathOf(path)} |= [${variable(parsed(path, json))}] + .`);
  for (const path of edits.deletions) steps.push(`del(${pathOf(path)})`);
  const text = steps.length === 0 ? "." : steps.join(" | ");
  return { text: edits.merges.length === 0 ? text : `${PATCH} ${text}`, variables };
}

/** A path in jq, its names in quotes: nothing that was typed is code. */
function pathOf(path: string): string {
  if (!PATH.test(path)) throw usageError(`'${path}' is no path such as .name, ."a b".c or .list[0]`);
  let text = "";
  for (const [, quoted, name, index] of path.matchAll(STEP)) {
    text += index === undefined ? `[${quoted ?? JSON.stringify(name)}]` : `[${index}]`;
  }
  return `.${text}`;
}

function parsed(where: string, json: string): Value {
  try {
    return fromJson(json);
  } catch (error) {
    if (!(error instanceof FilterError)) throw error;
    throw usageError(`${where}: '${json}' is not JSON; for text write ${where}=TEXT, or put it in double quotes`);
  }
}

/** JSON Merge Patch (RFC 7396). */
const PATCH =
  'def _patch($p): if ($p | type) == "object" then reduce ($p | keys_unsorted[]) as $k (if type == "object" then . else {} end; if $p[$k] == null then del(.[$k]) else .[$k] |= _patch($p[$k]) end) else $p end;';
const STEP_TEXT = String.raw`\.?(?:("(?:[^"\\]|\\.)*")|([\p{L}_][\p{L}\p{N}_-]*)|\[(-?\d{1,9})\])`;
const STEP = new RegExp(STEP_TEXT, "gu");
const PATH = new RegExp(String.raw`^(?=\.)(?:${STEP_TEXT})+$`, "u");
const ASSIGNMENT = new RegExp(String.raw`^((?=\.)(?:${STEP_TEXT.replaceAll(/\((?!\?)/g, "(?:")})+)(:?=)(.*)$`, "su");
