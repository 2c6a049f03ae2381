import { bare, exportOf, holder, isLiteral, isModule, propertyName, variableOf } from "../syntax.mjs";

const LISTENERS = new Set(["on", "once", "addListener", "prependListener", "prependOnceListener"]);

/** Whoever starts a process learns how it ended; else it can fail, or outlive us, unseen. */
export const noUnwaitedChild = {
  meta: {
    type: "problem",
    docs: { description: "wait for every process that is started" },
    messages: {
      lost: "Nothing can wait for this process. Keep what {{name}} returns and listen for its close.",
      unwaited: "Nothing in this file waits for this process. Listen for its close or exit.",
    },
    schema: [],
  },
  create(context) {
    const { sourceCode } = context;
    const handedOver = [];
    let waitsSomewhere = false;
    return {
      CallExpression(node) {
        waitsSomewhere ||= awaited(sourceCode, node) !== undefined;
        const name = exportOf(sourceCode, node.callee, "child_process");
        if (name !== "spawn" && name !== "fork") return;
        const fate = fateOf(sourceCode, node);
        if (fate === "lost") context.report({ node, messageId: "lost", data: { name } });
        if (fate === "unwaited") context.report({ node, messageId: "unwaited" });
        if (fate === "handed over") handedOver.push(node);
      },
      // A child that went into a function, a property or a result is out of sight: then any wait in the file will do.
      "Program:exit"() {
        if (!waitsSomewhere) for (const node of handedOver) context.report({ node, messageId: "unwaited" });
      },
    };
  },
};

/** What becomes of the child that an expression yields: "waited", "lost", "unwaited" or "handed over". */
function fateOf(sourceCode, node) {
  const parent = holder(node);
  switch (parent.type) {
    case "ExpressionStatement":
      return "lost";
    case "UnaryExpression":
      return "lost";
    case "MemberExpression": {
      const call = holder(parent);
      if (call.type !== "CallExpression" || bare(call.callee) !== parent) return "lost";
      if (awaited(sourceCode, call) !== undefined) return "waited";
      return LISTENERS.has(propertyName(parent)) ? fateOf(sourceCode, call) : "lost";
    }
    case "VariableDeclarator":
      return parent.id.type === "Identifier" ? fateOfVariable(sourceCode, parent.id) : "lost";
    case "AssignmentExpression":
      return parent.left.type === "Identifier" ? fateOfVariable(sourceCode, parent.left) : "handed over";
    case "CallExpression":
      return awaited(sourceCode, parent) === undefined ? "handed over" : "waited";
    default:
      return "handed over";
  }
}

function fateOfVariable(sourceCode, identifier) {
  const variable = variableOf(sourceCode, identifier);
  if (variable === undefined) return "handed over";
  let fate = "unwaited";
  for (const { identifier: use } of variable.references) {
    const parent = holder(use);
    if (parent.type === "MemberExpression" && bare(parent.object) === use) {
      const call = holder(parent);
      if (call.type === "CallExpression" && awaited(sourceCode, call) !== undefined) return "waited";
    } else if (parent.type === "CallExpression") {
      if (awaited(sourceCode, parent) !== undefined) return "waited";
      fate = "handed over";
    } else if (
      /^(ReturnStatement|Property|ArrayExpression|ArrowFunctionExpression|YieldExpression)$/.test(parent.type)
    ) {
      fate = "handed over";
    } else if (parent.type === "AssignmentExpression" && bare(parent.right) === use) fate = "handed over";
    else if (parent.type === "VariableDeclarator" && bare(parent.init) === use) fate = "handed over";
    else if (parent.type === "ExportSpecifier" || parent.type === "NewExpression") fate = "handed over";
  }
  return fate;
}

/** The expression whose end this call waits for: `child` in `child.once("close", ...)` and in `once(child, "close")`. */
function awaited(sourceCode, call) {
  const callee = bare(call.callee);
  if (exportOf(sourceCode, callee, "events") === "once") {
    return isLiteral(call.arguments[1], "close", "exit") ? call.arguments[0] : undefined;
  }
  if (callee.type !== "MemberExpression" || !LISTENERS.has(propertyName(callee))) return undefined;
  if (!isLiteral(call.arguments[0], "close", "exit") || isModule(sourceCode, callee.object, "process"))
    return undefined;
  return callee.object;
}
