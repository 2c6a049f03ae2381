import { ExactNumber } from "../../filter/value/exact-number.ts";
import { usageError } from "../../jn-error.ts";
import { externalKey } from "../../filter/value/object-key.ts";
import { isArray, isNumber, isObject, typeName, type Value } from "../../filter/value/value.ts";

/** What values were like: their types, and what is in those that are objects or arrays. */
export interface Shape {
  /** How many values there were. */
  count: number;
  /** Those of JSON Schema: `integer` besides `number`. */
  readonly types: Set<string>;
  /** By key; undefined as long as there were no objects. */
  members: Map<string, Shape> | undefined;
  /** How many objects there were. */
  objects: number;
  /** Whether there were more keys than are kept. */
  isOpen: boolean;
  elements: Shape | undefined;
}

export function newShape(): Shape {
  return { count: 0, types: new Set(), members: undefined, objects: 0, isOpen: false, elements: undefined };
}

/** Adds a value to what is known; at most so many keys of one object are kept. */
export function addValue(shape: Shape, value: Value, maxKeys: number): void {
  shape.count++;
  shape.types.add(isNumber(value) && ExactNumber.integer(value) !== undefined ? "integer" : typeName(value));
  if (isArray(value)) {
    shape.elements ??= newShape();
    for (const element of value) addValue(shape.elements, element, maxKeys);
  } else if (isObject(value)) {
    shape.objects++;
    shape.members ??= new Map();
    for (const [internal, member] of Object.entries(value)) {
      const key = externalKey(internal);
      let known = shape.members.get(key);
      if (known === undefined) {
        if (shape.members.size === maxKeys) {
          shape.isOpen = true;
          continue;
        }
        known = newShape();
        shape.members.set(key, known);
      }
      addValue(known, member, maxKeys);
    }
  }
}

/** The shape as a JSON Schema that stands for itself. */
export function schemaOf(shape: Shape): Readonly<Record<string, unknown>> {
  return { $schema: "https://json-schema.org/draft/2020-12/schema", ...jsonSchema(shape) };
}

/** The shape as a TypeScript type with a name. @throws JnError `USAGE` for what can be no name */
export function typeText(shape: Shape, name: string): string {
  if (!/^[A-Za-z_$][\w$]*$/.test(name)) throw usageError(`'${name}' is no name of a type`);
  return `export type ${name} = ${typeScript(shape)};\n`;
}

function jsonSchema(shape: Shape): Readonly<Record<string, unknown>> {
  const types = typesOf(shape);
  const { members, elements, objects, isOpen } = shape;
  const required = [...(members ?? [])].filter(([, member]) => member.count === objects).map(([key]) => key);
  return {
    ...(types.length > 0 && { type: types.length === 1 ? types[0] : types }),
    ...(members !== undefined && {
      properties: Object.fromEntries([...members].map(([key, member]) => [key, jsonSchema(member)])),
      ...(required.length > 0 && { required }),
      ...(isOpen && { additionalProperties: true }),
    }),
    ...(elements !== undefined && elements.count > 0 && { items: jsonSchema(elements) }),
  };
}

function typeScript(shape: Shape, indent = ""): string {
  const names = typesOf(shape).map((type) => {
    if (type === "integer") return "number";
    if (type === "object") return objectType(shape, indent);
    if (type !== "array") return type;
    const element =
      shape.elements === undefined || shape.elements.count === 0 ? "unknown" : typeScript(shape.elements, indent);
    return /[|&]/.test(element.replaceAll(/\{[^]*\}/g, "")) ? `(${element})[]` : `${element}[]`;
  });
  return names.length === 0 ? "unknown" : names.join(" | ");
}

function objectType({ members = new Map(), objects, isOpen }: Shape, indent: string): string {
  const inner = `${indent}  `;
  const lines = [...members].map(([key, member]) => {
    const name = /^[A-Za-z_$][\w$]*$/.test(key) ? key : JSON.stringify(key);
    return `${inner}${name}${member.count < objects ? "?" : ""}: ${typeScript(member, inner)};\n`;
  });
  if (isOpen) lines.push(`${inner}[key: string]: unknown;\n`);
  return lines.length === 0 ? "Record<string, never>" : `{\n${lines.join("")}${indent}}`;
}

/** Null last; a number includes an integer. */
function typesOf({ types }: Shape): readonly string[] {
  const all = [...types].filter((type) => type !== "null" && !(type === "integer" && types.has("number")));
  return types.has("null") ? [...all, "null"] : all;
}
