import {
  boolCoreTag,
  defineMappingTag,
  defineScalarTag,
  defineSequenceTag,
  mergeTag,
  NOT_RESOLVED,
  nullCoreTag,
  Schema,
  strTag,
} from "js-yaml";
import { RawJson } from "../../json/value-text.ts";
import { numberJson } from "./yaml-numbers.ts";

/** An array or object of YAML, as its JSON text. What an alias repeats is the same text: it takes no memory until it is written. */
export class YamlCollection {
  readonly json: string;
  /** Of an array: the texts of its elements. */
  readonly elements: readonly string[] | undefined;
  /** Of an object: the texts of its values, for merge keys. */
  readonly members: ReadonlyMap<string, string>;

  constructor(json: string, elements: readonly string[] | undefined, members: ReadonlyMap<string, string>) {
    this.json = json;
    this.elements = elements;
    this.members = members;
  }
}

/** The JSON text of what the schema makes of a node. */
export function yamlJson(value: unknown): string {
  if (value instanceof YamlCollection) return value.json;
  return value instanceof RawJson ? value.text : JSON.stringify(value ?? null);
}

/**
 * YAML 1.2's core schema with merge keys. Numbers keep their digits, tags of other languages are passed over, and what stands for nothing
 * (an array inside itself) is refused.
 *
 * @param room how many characters an array or object may still have
 */
export function yamlSchema(room: () => number): Schema {
  const sequence = {
    create: (): Elements => ({ texts: [], length: 2 }),
    addItem(carrier: Elements, item: unknown): string | void {
      const text = yamlJson(item);
      carrier.texts.push(text);
      carrier.length += text.length + 1;
      return carrier.length > room() ? TOO_LARGE : undefined;
    },
    finalize: ({ texts }: Elements) => new YamlCollection(joined("[", texts, "]"), texts, NONE),
    identify: () => false,
  };
  const mapping = {
    create: (): Members => ({ texts: new Map(), length: 2 }),
    addPair(carrier: Members, key: unknown, value: unknown): string {
      const [name, text] = [keyOf(key), yamlJson(value)];
      carrier.texts.set(name, text);
      carrier.length += name.length + text.length + 4;
      return carrier.length > room() ? TOO_LARGE : "";
    },
    has: ({ texts }: Members, key: unknown) => texts.has(keyOf(key)),
    keys: ({ members }: YamlCollection) => members.keys(),
    get: ({ members }: YamlCollection, key: unknown) => new RawJson(members.get(String(key)) ?? "null"),
    finalize({ texts }: Members) {
      let json = "";
      for (const [key, text] of texts) json += `${json === "" ? "{" : ","}${JSON.stringify(key)}:${text}`;
      return new YamlCollection(json === "" ? "{}" : `${json}}`, undefined, texts);
    },
    identify: () => false,
  };
  const foreign = { matchByTagPrefix: true } as const;
  return new Schema([
    strTag,
    nullCoreTag,
    boolCoreTag,
    INTEGER,
    FLOAT,
    BINARY,
    mergeTag,
    defineSequenceTag("tag:yaml.org,2002:seq", sequence),
    defineMappingTag("tag:yaml.org,2002:map", mapping),
    ...FOREIGN_PREFIXES.flatMap((prefix) => [
      defineScalarTag(prefix, { ...foreign, resolve: (text) => text, identify: () => false }),
      defineSequenceTag(prefix, { ...foreign, ...sequence }),
      defineMappingTag(prefix, { ...foreign, ...mapping }),
    ]),
  ]);
}

interface Elements {
  readonly texts: string[];
  length: number;
}

interface Members {
  readonly texts: Map<string, string>;
  length: number;
}

const TOO_LARGE = "by what its aliases repeat it grows too large";
const NONE: ReadonlyMap<string, string> = new Map();
/** What a tag can begin with: `!local`, `tag:...`, or, written `!<...>`, any scheme. */
const FOREIGN_PREFIXES = ["!", ""];
const DIGITS = "-+.0123456789".split("");

const INTEGER = defineScalarTag("tag:yaml.org,2002:int", {
  implicit: true,
  implicitFirstChars: DIGITS,
  resolve: number,
  identify: () => false,
});
const FLOAT = defineScalarTag("tag:yaml.org,2002:float", {
  resolve: number,
  identify: (value) => value instanceof RawJson,
  represent: (value: RawJson) => value.text,
});
/** Bytes stay base64, in one piece. */
const BINARY = defineScalarTag("tag:yaml.org,2002:binary", {
  resolve: (text) => text.replaceAll(/\s/g, ""),
  identify: () => false,
});

function number(text: string): RawJson | typeof NOT_RESOLVED {
  const json = numberJson(text);
  return json === undefined ? NOT_RESOLVED : new RawJson(json);
}

/** Keys of JSON are text; that of nothing is the empty one. */
function keyOf(key: unknown): string {
  if (typeof key === "string") return key;
  if (key === null) return "";
  return yamlJson(key);
}

/** Not `join`, which would copy what aliases share. */
function joined(before: string, texts: readonly string[], after: string): string {
  let json = before;
  for (const [index, text] of texts.entries()) json += index === 0 ? text : `,${text}`;
  return json + after;
}
