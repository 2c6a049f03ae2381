// Questions that several rules ask of the syntax tree: where does this name come from, what does this call pass on?

/** The expression without what changes only its type or its timing: `x as T`, `x!`, `await x`, `x?.y`. */
export function bare(node) {
  while (node !== null && node !== undefined) {
    if (/^(TSAsExpression|TSNonNullExpression|TSSatisfiesExpression|ChainExpression)$/.test(node.type)) {
      node = node.expression;
    } else if (node.type === "AwaitExpression") node = node.argument;
    else return node;
  }
  return undefined;
}

/** The node that `node` stands in, past the same wrappers. `await` is kept: it says that the value was used. */
export function holder(node) {
  let parent = node.parent;
  while (/^(TSAsExpression|TSNonNullExpression|TSSatisfiesExpression|ChainExpression)$/.test(parent.type)) {
    parent = parent.parent;
  }
  return parent;
}

/** The variable that an identifier means, or undefined for a global. */
export function variableOf(sourceCode, identifier) {
  for (let scope = sourceCode.getScope(identifier); scope !== null; scope = scope.upper) {
    const variable = scope.set.get(identifier.name);
    if (variable !== undefined) return variable.defs.length > 0 ? variable : undefined;
  }
  return undefined;
}

/**
 * Which export of a built-in module an expression is: "spawn" for `spawn`, `run` or `childProcess.spawn` when they come from
 * `import { spawn, spawn as run } from "node:child_process"`, `import * as` or `await import(...)`. Otherwise undefined.
 */
export function exportOf(sourceCode, expression, module) {
  const node = bare(expression);
  if (node?.type === "MemberExpression") {
    return isModule(sourceCode, node.object, module) ? propertyName(node) : undefined;
  }
  if (node?.type !== "Identifier") return undefined;
  const definition = variableOf(sourceCode, node)?.defs[0];
  if (definition?.node.type === "ImportSpecifier") {
    if (!names(definition.parent?.source ?? definition.node.parent.source, module)) return undefined;
    return definition.node.imported.name ?? definition.node.imported.value;
  }
  if (definition?.node.type === "VariableDeclarator" && definition.node.id.type === "ObjectPattern") {
    if (!isModule(sourceCode, definition.node.init, module)) return undefined;
    const property = definition.node.id.properties.find((one) => bareTarget(one)?.name === node.name);
    return property === undefined ? undefined : keyName(property);
  }
  return undefined;
}

/** True for the module itself: a namespace or default import of it, the global `process`, or `await import(...)`. */
export function isModule(sourceCode, expression, module) {
  const node = bare(expression);
  if (node?.type === "ImportExpression") return names(node.source, module);
  if (node?.type === "MemberExpression") {
    return module === "process" && bare(node.object).name === "globalThis" && propertyName(node) === "process";
  }
  if (node?.type !== "Identifier") return false;
  const definition = variableOf(sourceCode, node)?.defs[0];
  if (definition === undefined) return module === "process" && node.name === "process";
  if (/^Import(Namespace|Default)Specifier$/.test(definition.node.type)) {
    return names(definition.parent?.source ?? definition.node.parent.source, module);
  }
  return definition.node.type === "VariableDeclarator" && isModule(sourceCode, definition.node.init, module);
}

/** The name after the dot, or in `["brackets"]`. */
export function propertyName(member) {
  if (!member.computed) return member.property.name;
  return member.property.type === "Literal" ? String(member.property.value) : undefined;
}

/** The key of a property of an object or of a pattern. */
export function keyName(property) {
  if (property.type !== "Property") return undefined;
  if (!property.computed && property.key.type === "Identifier") return property.key.name;
  return property.key.type === "Literal" ? String(property.key.value) : undefined;
}

/** An expression, or what the constant holds that it names. */
export function valueOf(sourceCode, expression) {
  const node = bare(expression);
  if (node?.type !== "Identifier") return node;
  const definition = variableOf(sourceCode, node)?.defs[0];
  if (definition?.node.type !== "VariableDeclarator" || definition.parent?.kind !== "const") return node;
  return definition.node.id.type === "Identifier" ? (bare(definition.node.init) ?? node) : node;
}

/** The property that sets an option of a call, in an object literal among its arguments; or undefined. */
export function optionOf(sourceCode, call, name) {
  for (const argument of call.arguments) {
    const property = propertiesOf(sourceCode, argument).findLast((one) => keyName(one) === name);
    if (property !== undefined) return property;
  }
  return undefined;
}

/** True when the expression is a literal (or a template without holes) with one of these values. */
export function isLiteral(expression, ...values) {
  const node = bare(expression);
  if (node?.type === "TemplateLiteral" && node.expressions.length === 0) {
    return values.includes(node.quasis[0].value.cooked);
  }
  return node?.type === "Literal" && values.includes(node.value);
}

/** The properties that an object literal sets, those included that it spreads from constants. */
function propertiesOf(sourceCode, expression) {
  const node = valueOf(sourceCode, expression);
  if (node?.type !== "ObjectExpression") return [];
  return node.properties.flatMap((one) =>
    one.type === "SpreadElement" ? propertiesOf(sourceCode, one.argument) : [one],
  );
}

function bareTarget(property) {
  if (property.type !== "Property") return undefined;
  return property.value.type === "AssignmentPattern" ? property.value.left : property.value;
}

function names(source, module) {
  return isLiteral(source, module, `node:${module}`);
}
