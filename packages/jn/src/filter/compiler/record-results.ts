import { constantKey, constantPath } from "../language/constant-path.ts";
import type { Node } from "../language/ast.ts";
import { changed } from "./assignments.ts";
import { type Emitter, NeedsWholeRecord, type Site, withInput } from "./emitter.ts";
import { findFunction, keyOf } from "./scope.ts";

/** An emitter for results that are records. */
export interface RecordProgram extends Emitter {
  /** The slot of a path of which only the place in the record is wanted. */
  slotOf(path: readonly string[]): number;
  wantMembers(): void;
  /** Members of the record that were changed: the JavaScript variables of their values. */
  readonly edited: Map<string, string>;
}

/** In field mode the record itself can only be a result: of `select(...)`, of `.`, of branches that end in them. */
export function emitRecordResults(program: RecordProgram, node: Node, site: Site): string {
  const inner = (part: Node): string => emitRecordResults(program, part, site);
  const test = (condition: Node): string | undefined =>
    program.isSingle(condition, site.env) ? program.condition(condition, site) : undefined;
  if (node.kind === "identity") return "keep();\n";
  if (node.kind === "comma") return inner(node.left) + inner(node.right);
  if (node.kind === "call") {
    const selected = selection(node);
    const condition = selected === undefined ? undefined : test(selected);
    if (condition !== undefined) return `if (${condition}) keep();\n`;
  }
  if (node.kind === "pipe") {
    const selected = selection(node.left);
    const condition = selected === undefined ? undefined : test(selected);
    if (condition !== undefined) return `if (${condition}) {\n${inner(node.right)}}\n`;
  }
  if (node.kind === "if") {
    const condition = test(node.condition);
    const otherwise = node.alternate === undefined ? "keep();\n" : inner(node.alternate);
    if (condition !== undefined) return `if (${condition}) {\n${inner(node.consequent)}} else {\n${otherwise}}\n`;
  }
  if (node.kind === "object") {
    const written = emitObject(program, node, site);
    if (written !== undefined) return written;
  }
  const steps = editsOf(program, node, site);
  if (steps !== undefined) return emitEdits(program, steps, site);
  return program.each(node, site, (value) => `result(${value});\n`);
}

/** The condition of `select(condition)`. A filter that defines its own `select` never gets here: `define` is emitted whole. */
function selection(node: Node): Node | undefined {
  return node.kind === "call" && node.name === "select" && node.args.length === 1 ? node.args[0] : undefined;
}

/** An object of constant keys, written piece by piece; parts of the record by their own bytes. */
function emitObject(program: RecordProgram, node: Node & { readonly kind: "object" }, site: Site): string | undefined {
  const keys = node.entries.map((entry) => constantKey(entry.key));
  if (keys.some((key) => key === undefined) || new Set(keys).size < keys.length) return undefined;
  if (!node.entries.every(({ value }) => program.isSingle(value, site.env))) return undefined;
  const pieces: string[] = [];
  // All values are calculated before the first byte is written.
  const values = node.entries.map(({ value }, at) => {
    const path = constantPath(value);
    const isPart = path !== undefined && path.length > 0 && !program.edited.has(path[0]!);
    pieces.push(bytes(program, `${at === 0 ? "{" : ","}${JSON.stringify(keys[at])}:`));
    if (isPart) {
      pieces.push(`writer.slot(${program.slotOf(path)});\n`);
      return "";
    }
    const json = program.name("json");
    pieces.push(`writer.text(${json});\n`);
    return `const ${json} = ${program.rt}.json(${program.value(value, site)});\n`;
  });
  pieces.push(bytes(program, node.entries.length === 0 ? "{}" : "}"));
  return `${values.join("")}writer.start();\n${pieces.join("")}writer.end();\n`;
}

function bytes(program: RecordProgram, text: string): string {
  return `writer.bytes(${program.constant(Buffer.from(text))});\n`;
}

type Edit =
  | { readonly kind: "set"; readonly key: string; readonly node: Node & { readonly kind: "assign" } }
  | { readonly kind: "add"; readonly key: string; readonly value: Node }
  | { readonly kind: "drop"; readonly key: string };

/** The steps of an expression that only changes single members of the record; undefined when it does anything else. */
function editsOf(program: RecordProgram, node: Node, site: Site): readonly Edit[] | undefined {
  if (node.kind === "pipe") {
    const left = editsOf(program, node.left, site);
    const right = left === undefined ? undefined : editsOf(program, node.right, site);
    return left === undefined || right === undefined ? undefined : [...left, ...right];
  }
  if (node.kind === "assign") {
    const path = constantPath(node.left);
    if (path?.length !== 1 || !program.isSingle(node.right, site.env)) return undefined;
    return [{ kind: "set", key: path[0]!, node }];
  }
  if (
    node.kind === "arithmetic" &&
    node.operator === "+" &&
    node.left.kind === "identity" &&
    node.right.kind === "object"
  ) {
    const entries = node.right.entries.map(({ key, value }) => ({
      kind: "add" as const,
      key: constantKey(key),
      value,
    }));
    const areSimple = entries.every(({ key, value }) => key !== undefined && program.isSingle(value, site.env));
    // The values are those of before, so one must not be calculated from another.
    return areSimple && entries.length === 1
      ? [{ kind: "add", key: entries[0]!.key!, value: entries[0]!.value }]
      : undefined;
  }
  if (node.kind === "call" && node.name === "del" && node.args.length === 1) {
    const path = constantPath(node.args[0]!);
    const isOurs = findFunction(site.env, keyOf("del", 1)) === undefined;
    return isOurs && path?.length === 1 ? [{ kind: "drop", key: path[0]! }] : undefined;
  }
  return undefined;
}

function emitEdits(program: RecordProgram, steps: readonly Edit[], site: Site): string {
  program.wantMembers();
  const before = new Map(program.edited);
  const keys = [...new Set(steps.map(({ key }) => key))];
  const slots = keys.map((key) => program.slotOf([key]));
  const dropped = new Set<string>();
  const code = steps.map((step) => {
    if (step.kind === "drop") {
      program.edited.set(step.key, "null");
      dropped.add(step.key);
      return "";
    }
    // A member that is left out and then set again would move to the end.
    if (dropped.has(step.key)) throw new NeedsWholeRecord();
    const value = program.name("edit");
    const emitted =
      step.kind === "add" ? program.value(step.value, site) : setValue(program, step.node, step.key, site);
    program.edited.set(step.key, value);
    return `const ${value} = ${emitted};\n`;
  });
  const values = keys.map((key) => (dropped.has(key) ? "undefined" : `${program.rt}.json(${program.edited.get(key)})`));
  const texts = keys.map((key) => Buffer.from(`${JSON.stringify(key)}:`));
  program.edited.clear();
  for (const [key, value] of before) program.edited.set(key, value);
  const json = program.name("json");
  return `${code.join("")}const ${json} = [${values.join(", ")}];\nwriter.start();\nwriter.edited(${program.constant(slots)}, ${program.constant(texts)}, ${json});\nwriter.end();\n`;
}

function setValue(program: RecordProgram, node: Node & { readonly kind: "assign" }, key: string, site: Site): string {
  if (node.operator === "=") return program.value(node.right, site);
  const old = program.fieldSlot([key]);
  if (node.operator === "|=") return program.value(node.right, withInput(site, old));
  return changed(program.rt, node, old, program.value(node.right, site));
}
