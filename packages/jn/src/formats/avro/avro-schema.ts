/** A type of Avro (specification 1.11.1), names resolved. */
export type AvroType =
  | {
      readonly kind: "null" | "boolean" | "int" | "long" | "float" | "double" | "bytes" | "string";
      readonly logical: Logical | undefined;
    }
  | { readonly kind: "fixed"; readonly size: number; readonly logical: Logical | undefined }
  | { readonly kind: "enum"; readonly symbols: readonly string[] }
  | { readonly kind: "array"; readonly items: AvroType }
  | { readonly kind: "map"; readonly values: AvroType }
  | { readonly kind: "union"; readonly branches: readonly AvroType[] }
  | { readonly kind: "record"; fields: readonly AvroField[] };

export interface AvroField {
  readonly name: string;
  readonly type: AvroType;
}

/** What a value means beyond its type. */
export interface Logical {
  readonly name: string;
  /** Of a decimal: digits after the point. */
  readonly scale: number;
}

/**
 * A schema as it stands in a file.
 *
 * @throws Error that says what is wrong
 */
export function schemaFrom(text: string): AvroType {
  return typeFrom(JSON.parse(text), "", new Map(), 0);
}

function typeFrom(schema: unknown, namespace: string, named: Map<string, AvroType>, depth: number): AvroType {
  if (depth > MAX_DEPTH) throw new Error("the schema is nested too deeply");
  if (typeof schema === "string") return simple(schema, undefined) ?? known(schema, namespace, named);
  if (Array.isArray(schema))
    return { kind: "union", branches: schema.map((branch) => typeFrom(branch, namespace, named, depth + 1)) };
  if (typeof schema !== "object" || schema === null) throw new Error(`'${String(schema)}' is no type`);
  const { type, logicalType, scale } = schema as Record<string, unknown>;
  const logical =
    typeof logicalType === "string" ? { name: logicalType, scale: typeof scale === "number" ? scale : 0 } : undefined;
  if (typeof type !== "string") return typeFrom(type, namespace, named, depth + 1);
  const of = (part: unknown): AvroType => typeFrom(part, namespace, named, depth + 1);
  const { items, values } = schema as Record<string, unknown>;
  if (type === "array") return { kind: "array", items: of(items) };
  if (type === "map") return { kind: "map", values: of(values) };
  if (type === "record" || type === "error" || type === "enum" || type === "fixed")
    return namedType(type, schema as Record<string, unknown>, logical, namespace, named, depth);
  return simple(type, logical) ?? known(type, namespace, named);
}

function namedType(
  type: "record" | "error" | "enum" | "fixed",
  schema: Readonly<Record<string, unknown>>,
  logical: Logical | undefined,
  namespace: string,
  named: Map<string, AvroType>,
  depth: number,
): AvroType {
  const { name, namespace: own, symbols, size, fields } = schema;
  if (typeof name !== "string") throw new Error(`a ${type} has no name`);
  const space = name.includes(".") ? name.slice(0, name.lastIndexOf(".")) : typeof own === "string" ? own : namespace;
  const fullName = name.includes(".") || space === "" ? name : `${space}.${name}`;
  const keep = <Type extends AvroType>(made: Type): Type => {
    named.set(fullName, made);
    return made;
  };
  if (type === "enum") {
    if (!Array.isArray(symbols)) throw new Error(`the enum ${name} has no symbols`);
    return keep({ kind: "enum", symbols: symbols.map(String) });
  }
  if (type === "fixed") {
    if (!Number.isSafeInteger(size) || (size as number) < 0) throw new Error(`the fixed ${name} has no size`);
    return keep({ kind: "fixed", size: size as number, logical });
  }
  if (!Array.isArray(fields)) throw new Error(`the record ${name} has no fields`);
  // It is known before its fields are: they may be of its own type.
  const record: { readonly kind: "record"; fields: readonly AvroField[] } = keep({ kind: "record", fields: [] });
  record.fields = fields.map((field: unknown) => {
    if (typeof field !== "object" || field === null || !("name" in field) || !("type" in field))
      throw new Error(`a field of the record ${name} has no name or type`);
    return { name: String(field.name), type: typeFrom(field.type, space, named, depth + 1) };
  });
  return record;
}

function simple(name: string, logical: Logical | undefined): AvroType | undefined {
  const kind = SIMPLE.find((candidate) => candidate === name);
  return kind === undefined ? undefined : { kind, logical };
}

function known(name: string, namespace: string, named: ReadonlyMap<string, AvroType>): AvroType {
  const found = named.get(namespace === "" ? name : `${namespace}.${name}`) ?? named.get(name);
  if (found === undefined) throw new Error(`there is no type '${name}'`);
  return found;
}

const SIMPLE = ["null", "boolean", "int", "long", "float", "double", "bytes", "string"] as const;
const MAX_DEPTH = 1000;
