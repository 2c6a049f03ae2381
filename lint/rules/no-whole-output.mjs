import { exportOf, isLiteral, optionOf, valueOf } from "../syntax.mjs";

const CAPTURING = new Set(["exec", "execFile", "execSync", "execFileSync"]);
const STARTING = new Set([...CAPTURING, "spawn", "spawnSync", "fork"]);

/** A captured output grows with the input. Bytes go from descriptor to descriptor. */
export const noWholeOutput = {
  meta: {
    type: "problem",
    docs: { description: "do not hold the whole output of a program in memory" },
    messages: {
      call: "{{name}} holds the whole output in memory. Use spawn and read its output as it comes.",
      stdio:
        "spawnSync holds the whole output in memory unless stdout and stderr go elsewhere, and that must be visible here: " +
        'stdio "ignore", "inherit", or descriptors.',
      maxBuffer: "maxBuffer bounds a capture that should not be there. Read the output as it comes.",
    },
    schema: [],
  },
  create(context) {
    const { sourceCode } = context;
    return {
      CallExpression(node) {
        const name = exportOf(sourceCode, node.callee, "child_process");
        if (!STARTING.has(name)) return;
        if (CAPTURING.has(name)) context.report({ node, messageId: "call", data: { name } });
        if (name === "spawnSync" && captures(sourceCode, node)) context.report({ node, messageId: "stdio" });
        const bound = optionOf(sourceCode, node, "maxBuffer");
        if (bound !== undefined) context.report({ node: bound, messageId: "maxBuffer" });
      },
    };
  },
};

function captures(sourceCode, call) {
  const stdio = valueOf(sourceCode, optionOf(sourceCode, call, "stdio")?.value);
  if (stdio?.type !== "ArrayExpression") return !isLiteral(stdio, "ignore", "inherit");
  const [, out, err] = stdio.elements;
  return [out, err].some((one) => {
    if (one === undefined || one === null || one.type === "SpreadElement") return true;
    return isLiteral(one, "pipe", "overlapped", null) || (one.type === "Identifier" && one.name === "undefined");
  });
}
