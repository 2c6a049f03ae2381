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

/**
 * Keeps the records that meet the conditions of an address: those on one field with `=` are alternatives, all others must
 * hold. `5` means the number and the text, `null` also the empty text. A field that no record has is an error at the end, for it is a
 * mistake as a rule, and an empty result would hide it.
 *
 * @throws JnError `BAD_DATA`
 */
export function conditionStage(conditions: readonly QueryPart[], context: PluginContext): Transcoder {
  const filter = compileFilter(expressionOf(conditions));
  const fields = new Set(conditions.map(fieldOf));
  const { name: source, maxRecordBytes, bad } = context;
  return chain(knownFields(fields, context), filteredRecords(filter, { source, maxRecordBytes, bad }));
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

/** Fails at the end when a field was in no record, though there were records. */
function knownFields(fields: ReadonlySet<string>, context: PluginContext): Transcoder {
  const { name: source, maxRecordBytes, bad } = context;
  return recordLines({ source, maxRecordBytes, bad }, (position) => {
    const run = new RecordRun();
    const unseen = new Set(fields);
    const seen = new Set<string>();
    return {
      record(bytes, lineStart, start, out) {
        const end = checkRecord(bytes, lineStart, start, position);
        if (unseen.size > 0 && bytes[start] === OPEN_BRACE) {
          eachKey(bytes, start, (key) => {
            unseen.delete(key);
            if (seen.size < MAX_NAMES) seen.add(key);
          });
        }
        run.add(bytes, start, end, out);
        return end;
      },
      endOfLines(bytes, out) {
        run.end(bytes, out);
      },
      finish() {
        const [missing] = unseen;
        if (missing === undefined || position.line === 0) return;
        const names = [...seen];
        const known = names.length === 0 ? "" : `; there are: ${names.join(", ")}`;
        throw new JnError(
          "BAD_DATA",
          `${source}: no record has a field '${missing}'${didYouMean(missing, names)}${known}`,
        );
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
