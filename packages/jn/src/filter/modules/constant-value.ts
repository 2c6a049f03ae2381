import type { Node } from "../language/ast.ts";
import { negate } from "../value/arithmetic.ts";
import { ExactNumber } from "../value/exact-number.ts";
import { setOwn } from "../value/json-text.ts";
import { internalKey } from "../value/object-key.ts";
import { constantKey } from "../language/constant-path.ts";
import type { Value } from "../value/value.ts";

/** The value of an expression that consists of constants. */
export function constantValue(node: Node): Value {
  switch (node.kind) {
    case "literal":
      return node.value;
    case "number":
      return ExactNumber.ofLiteral(node.text);
    case "negate":
      return negate(constantValue(node.body));
    case "array":
      return node.body === undefined ? [] : elementsOf(node.body);
    case "object": {
      const object: Record<string, Value> = {};
      for (const { key, value } of node.entries)
        setOwn(object, internalKey(constantKey(key) ?? ""), constantValue(value));
      return object;
    }
    default:
      return null;
  }
}

function elementsOf(node: Node): readonly Value[] {
  return node.kind === "comma" ? [...elementsOf(node.left), constantValue(node.right)] : [constantValue(node)];
}
