import { constructFromEvents, type Event, EVENT_ID, parseEvents, YAMLException } from "js-yaml";
import { badData } from "../../jn-error.ts";
import { requireRoomToParse } from "../parsing-room.ts";
import { yamlSchema } from "./yaml-schema.ts";

/**
 * The values of the documents in a text, for `yamlJson`; a document in which nothing stands has none.
 *
 * @param line where the text begins in the source, counted from 0
 * @throws JnError `BAD_DATA` with the line and column
 */
export type YamlDocuments = (text: string, line: number) => readonly unknown[];

export function yamlDocuments(source: string, maxCharacters: number): YamlDocuments {
  let room = 0;
  const schema = yamlSchema(() => room);
  return (text, firstLine) => {
    requireRoomToParse(source, text, BYTES_PER_MARK);
    room = Math.min(maxCharacters, HARMLESS_CHARACTERS + MAX_EXPANSION * text.length);
    const maxTotalMergeKeys = HARMLESS_MERGES + text.length;
    try {
      const events = parseEvents(text, { maxDepth: MAX_DEPTH });
      const values = constructFromEvents(events, { source: text, schema, maxTotalMergeKeys });
      const empty = emptyDocuments(events);
      return empty.size === 0 ? values : values.filter((_, index) => !empty.has(index));
    } catch (error) {
      if (!(error instanceof YAMLException)) throw error;
      const { line = 0, column = 0 } = error.mark ?? {};
      throw badData({ source, line: firstLine + line + 1, column: column + 1 }, `not YAML: ${error.reason}`);
    }
  };
}

/** The documents in which nothing stands, not even a null. */
function emptyDocuments(events: readonly Event[]): ReadonlySet<number> {
  const empty = new Set<number>();
  let index = -1;
  for (const [at, { type }] of events.entries()) {
    if (type !== EVENT_ID.DOCUMENT) continue;
    index++;
    const node = events[at + 1];
    if (node?.type === EVENT_ID.SCALAR && node.valueStart < 0 && node.tagStart < 0) empty.add(index);
  }
  return empty;
}

/** So much, and a hundred times itself, may a document become by its aliases ("billion laughs"): the rule for compressed data. */
const HARMLESS_CHARACTERS = 10_000_000;
const MAX_EXPANSION = 100;
/** Keys that merges may copy, besides one for each character of the document. */
const HARMLESS_MERGES = 100_000;
const MAX_DEPTH = 1000;
/** Of the heap, as measured. */
const BYTES_PER_MARK = 400;
