import { chain, type Transcoder } from "@jn/wire";
import { compileFilter } from "../filter/compiler/compile.ts";
import { recordLines } from "../formats/ndjson/record-lines.ts";
import { RecordRun } from "../formats/ndjson/record-run.ts";
import { JnError } from "../jn-error.ts";
import { eachKey } from "../json/object-keys.ts";
import { checkRecord } from "../json/record-check.ts";
import { filteredRecords } from "../stages/filtered-records.ts";
import { didYouMean } from "../text/suggestion.ts";
import type { PluginContext } from "../plugins/plugin.ts";
import type { QueryPart } from "./query.ts";

/** The conditions of an address, for all the files and pages that it leads to. */
export interface Conditions {
  /** Keeps the records of one file or page that meet them. */
  stage(context: PluginContext): Transcoder;
  /** Called after the last one. @throws JnError `BAD_DATA` for a field that no record had */
  requireKnownFields(): void;
}

/**
 * Keeps the records that meet the conditions of an address: those on one field with `=` are alternatives, all others must
 * hold. `5` means the number and the text, `null` also the empty text. A field that no record has is an error at the end, for it is a
 * mistake as a rule, and an empty result would hide it.
 *
 * @param name how messages call the address
 */
export function conditionsOf(parts: readonly QueryPart[], name: string): Conditions {
  const filter = compileFilter(expressionOf(parts));
  const unseen = new Set(parts.map(fieldOf));
  const seen = new Set<string>();
  let hasRecords = false;
  return {
    stage(context) {
      const { name: source, maxRecordBytes, bad } = context;
      const looking = fieldsOf(context, (key) => {
        hasRecords = true;
        if (key === undefined) return unseen.size > 0;
        unseen.delete(key);
        if (seen.size < MAX_NAMES) seen.add(key);
        return true;
      });
      return chain(looking, filteredRecords(filter, { source, maxRecordBytes, bad }));
    },
    requireKnownFields() {
      const [missing] = unseen;
      if (missing === undefined || !hasRecords) return;
      const names = [...seen];
      const known = names.length === 0 ? "" : `; there are: ${names.join(", ")}`;
      throw new JnError("BAD_DATA", `${name}: no record has a field '${missing}'${didYouMean(missing, names)}${known}`);
    },
  };
}

/** The jq expression that says the same. */
export function expressionOf(conditions: readonly QueryPart[]): string {
  const alternatives = new Map<string, string[]>();
  const all: string[] = [];
  for (const condition of conditions) {
    const field = `.[${JSON.stringify(fieldOf(condition))}]`;
    const { operator, value } = condition;
    if (operator === "=") {
      const before = alternatives.get(field) ?? [];
      alternatives.set(field, [...before, ...meanings(value).map((meaning) => `. == ${meaning}`)]);
    } else if (operator === "!=") all.push(...meanings(value).map((meaning) => `${field} != ${meaning}`));
    else if (JSON_NUMBER.test(value)) all.push(`(${field} | (numbers, strings) | tonumber? | . ${operator} ${value})`);
    else all.push(`(${field} | strings | . ${operator} ${JSON.stringify(value)})`);
  }
  for (const [field, tests] of alternatives) all.push(`(${field} | ${tests.join(" or ")})`);
  return `select(type == "object") | select(${all.map((test) => `([${test}] | any)`).join(" and ")})`;
}

/** Passes the records on. Of each it says undefined first, and then its keys, if the answer was true. */
function fieldsOf(context: PluginContext, key: (name: string | undefined) => boolean): Transcoder {
  const { name: source, maxRecordBytes, bad } = context;
  return recordLines({ source, maxRecordBytes, bad }, (position) => {
    const run = new RecordRun();
    return {
      record(bytes, lineStart, start, out) {
        const end = checkRecord(bytes, lineStart, start, position);
        if (key(undefined) && bytes[start] === OPEN_BRACE) eachKey(bytes, start, key);
        run.add(bytes, start, end, out);
        return end;
      },
      endOfLines(bytes, out) {
        run.end(bytes, out);
      },
    };
  });
}

function fieldOf({ name }: QueryPart): string {
  return name.startsWith(".") ? name.slice(1) : name;
}

/** What a value can be in a record, as JSON. */
function meanings(value: string): readonly string[] {
  const text = JSON.stringify(value);
  if (value === "" || value === "null") return ["null", text, '""'];
  return JSON_NUMBER.test(value) || value === "true" || value === "false" ? [text, value] : [text];
}

const OPEN_BRACE = 123;
const JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
/** Field names kept for the message. */
const MAX_NAMES = 50;
