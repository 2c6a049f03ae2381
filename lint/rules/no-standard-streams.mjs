import { relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { standardStreamUsers } from "../standard-streams.mjs";
import { isModule, keyName, propertyName } from "../syntax.mjs";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const STREAMS = new Set(["stdin", "stdout", "stderr"]);

/** The first touch of a standard stream makes its descriptor non-blocking, in every process that shares it. */
export const noStandardStreams = {
  meta: {
    type: "problem",
    docs: { description: "use descriptors 0, 1 and 2, not process.stdin, process.stdout and process.stderr" },
    messages: {
      stream:
        "process.{{name}} makes a descriptor non-blocking that other processes share. Use the descriptor; or list this file, " +
        "with a reason, in lint/standard-streams.mjs.",
    },
    schema: [],
  },
  create(context) {
    const { sourceCode } = context;
    const file = relative(ROOT, context.filename).split(sep).join("/");
    if (standardStreamUsers.has(file)) return {};
    const report = (node, name) => context.report({ node, messageId: "stream", data: { name } });
    return {
      MemberExpression(node) {
        const name = propertyName(node);
        if (STREAMS.has(name) && isModule(sourceCode, node.object, "process")) report(node, name);
      },
      ImportDeclaration(node) {
        if (node.source.value !== "node:process" && node.source.value !== "process") return;
        for (const one of node.specifiers) {
          if (one.type === "ImportSpecifier" && STREAMS.has(one.imported.name)) report(one, one.imported.name);
        }
      },
      VariableDeclarator(node) {
        if (node.id.type !== "ObjectPattern" || node.init === null) return;
        if (!isModule(sourceCode, node.init, "process")) return;
        for (const one of node.id.properties) if (STREAMS.has(keyName(one))) report(one, keyName(one));
      },
    };
  },
};
