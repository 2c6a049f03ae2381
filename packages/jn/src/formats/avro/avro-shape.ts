import { membersOf } from "../../json/object-members.ts";
import { RawJson } from "../../json/value-text.ts";

/** What all values at one place have been, so that a schema can hold them. */
export class Shape {
  isNull = false;
  isBoolean = false;
  isText = false;
  /** Numbers: whole ones of 64 bits, or any. */
  number: "long" | "double" | undefined;
  /** A whole number that a double would change. */
  big: bigint | undefined;
  items: Shape | undefined;
  /** Objects: how many, and their fields, in the order in which they came up. */
  objects = 0;
  readonly fields: Map<string, Shape> = new Map();
  /** In how many objects the field was. */
  count = 0;

  /** @throws Error for what Avro cannot hold unchanged */
  add(value: unknown, path = ""): void {
    this.count++;
    if (value === null || value === undefined) this.isNull = true;
    else if (typeof value === "boolean") this.isBoolean = true;
    else if (typeof value === "string") this.isText = true;
    else if (typeof value === "number" || typeof value === "bigint") this.#addNumber(value, path);
    else if (value instanceof RawJson) throw unchangeable(path, value.text);
    else if (Array.isArray(value)) {
      this.items ??= new Shape();
      for (const item of value) this.items.add(item, `${path}[]`);
    } else {
      this.objects++;
      for (const [key, member] of membersOf(value)) {
        let field = this.fields.get(key);
        if (field === undefined) this.fields.set(key, (field = new Shape()));
        field.add(member, `${path}.${key}`);
      }
    }
    if (this.number === "double" && this.big !== undefined) throw unchangeable(path, String(this.big));
  }

  #addNumber(value: number | bigint, path: string): void {
    const isWhole = typeof value === "bigint" || (Number.isSafeInteger(value) && !Object.is(value, -0));
    if (typeof value === "bigint") {
      if (BigInt.asIntN(64, value) !== value) throw unchangeable(path, String(value));
      this.big = value;
    }
    this.number = this.number === "double" || !isWhole ? "double" : "long";
  }
}

/** How values of a shape are written: the schema, and an encoder for it. */
export type Layout =
  | { readonly kind: "null" | "boolean" | "string" | "long" | "double" }
  | { readonly kind: "array"; readonly items: Layout }
  | { readonly kind: "map"; readonly values: Layout }
  | {
      readonly kind: "record";
      readonly name: string;
      readonly fields: readonly (readonly [name: string, layout: Layout])[];
    }
  | { readonly kind: "union"; readonly branches: readonly Layout[] };

/** The layout for a shape: a union where there are several kinds of values, null first; a map for objects whose keys cannot be names. */
export function layoutOf(shape: Shape, name: string, isOptional = false): Layout {
  const branches: Layout[] = [];
  if (shape.isNull || isOptional) branches.push({ kind: "null" });
  if (shape.isBoolean) branches.push({ kind: "boolean" });
  if (shape.number !== undefined) branches.push({ kind: shape.number });
  if (shape.isText) branches.push({ kind: "string" });
  if (shape.items !== undefined) branches.push({ kind: "array", items: layoutOf(shape.items, `${name}_item`) });
  if (shape.objects > 0) branches.push(objectLayout(shape, name));
  const [only] = branches;
  if (only === undefined) return { kind: "null" };
  return branches.length === 1 ? only : { kind: "union", branches };
}

/** The schema of a layout, as JSON. */
export function schemaOf(layout: Layout): unknown {
  switch (layout.kind) {
    case "array":
      return { type: "array", items: schemaOf(layout.items) };
    case "map":
      return { type: "map", values: schemaOf(layout.values) };
    case "union":
      return layout.branches.map(schemaOf);
    case "record":
      return {
        type: "record",
        name: layout.name,
        fields: layout.fields.map(([name, type]) => ({ name, type: schemaOf(type) })),
      };
    default:
      return layout.kind;
  }
}

function objectLayout(shape: Shape, name: string): Layout {
  const fields = [...shape.fields];
  if (fields.length > 0 && fields.every(([key]) => NAME.test(key))) {
    return {
      kind: "record",
      name,
      fields: fields.map(([key, field]) => [key, layoutOf(field, `${name}_${key}`, field.count < shape.objects)]),
    };
  }
  const all = new Shape();
  for (const [, field] of fields) merge(all, field);
  return { kind: "map", values: layoutOf(all, `${name}_value`) };
}

/** @throws Error for numbers that no one type holds */
function merge(into: Shape, from: Shape): void {
  into.isNull ||= from.isNull;
  into.isBoolean ||= from.isBoolean;
  into.isText ||= from.isText;
  into.big ??= from.big;
  if (from.number !== undefined)
    into.number = into.number === "double" ? "double" : from.number === "double" ? "double" : "long";
  if (into.number === "double" && into.big !== undefined) throw unchangeable("", String(into.big));
  if (from.items !== undefined) merge((into.items ??= new Shape()), from.items);
  into.objects += from.objects;
  for (const [key, field] of from.fields) {
    let own = into.fields.get(key);
    if (own === undefined) into.fields.set(key, (own = new Shape()));
    merge(own, field);
    own.count += field.count;
  }
}

function unchangeable(path: string, text: string): Error {
  return new Error(
    `Avro cannot hold ${path === "" ? "this" : path} unchanged: ${text}; turn it into text, as with tojson`,
  );
}

/** Specification, "Names". */
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
