import { exportOf } from "../syntax.mjs";

/** `process.exit` drops whatever is still on its way to a pipe, and skips every `finally`. */
export const noProcessExit = {
  meta: {
    type: "problem",
    docs: { description: "set process.exitCode and return; process.exit loses output that is still on its way" },
    messages: { exit: "process.{{name}} ends the process at once. Set process.exitCode and return." },
    schema: [],
  },
  create(context) {
    const check = (node) => {
      const name = exportOf(context.sourceCode, node, "process");
      if (name === "exit" || name === "reallyExit") context.report({ node, messageId: "exit", data: { name } });
    };
    return {
      MemberExpression: check,
      // Also where it is only handed over, as in `.catch(exit)`.
      Identifier(node) {
        if (/^(ImportSpecifier|Property|MemberExpression)$/.test(node.parent.type)) return;
        check(node);
      },
    };
  },
};
