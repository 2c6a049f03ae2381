import { bare, exportOf, isLiteral, isModule, propertyName, valueOf } from "../syntax.mjs";

const STANDARD_INPUT = ["/dev/stdin", "/dev/fd/0", "/proc/self/fd/0", 0];
const STREAM_CLASSES = /^(Readable|Duplex|Transform|PassThrough|ReadStream)$/;

/** A stream that is read to its end first is no stream: nothing moves before the last byte, and memory grows with it. */
export const noReadToEnd = {
  meta: {
    type: "problem",
    docs: { description: "do not read a stream to its end before working on it" },
    messages: {
      consumers: "node:stream/consumers reads a stream to its end. Work on each chunk as it comes.",
      input: "This reads standard input to its end. Read it in chunks from descriptor 0.",
      collect: "{{name}} reads a stream to its end. Work on each chunk as it comes.",
    },
    schema: [],
  },
  create(context) {
    const { sourceCode } = context;
    const checkSource = (node) => {
      if (isLiteral(node.source, "node:stream/consumers", "stream/consumers")) {
        context.report({ node, messageId: "consumers" });
      }
    };
    return {
      ImportDeclaration: checkSource,
      ImportExpression: checkSource,
      ExportNamedDeclaration: checkSource,
      ExportAllDeclaration: checkSource,
      CallExpression(node) {
        const reader = fileReader(sourceCode, node.callee);
        if (reader && isStandardInput(sourceCode, node.arguments[0])) context.report({ node, messageId: "input" });
        const callee = bare(node.callee);
        if (callee.type !== "MemberExpression") return;
        const name = propertyName(callee);
        const collected = name === "toArray" ? callee.object : name === "fromAsync" ? node.arguments[0] : undefined;
        if (isStream(sourceCode, collected)) context.report({ node, messageId: "collect", data: { name } });
      },
    };
  },
};

function fileReader(sourceCode, callee) {
  if (/^readFile(Sync)?$/.test(exportOf(sourceCode, callee, "fs"))) return true;
  if (exportOf(sourceCode, callee, "fs/promises") === "readFile") return true;
  // fs.promises.readFile and promises.readFile
  const node = bare(callee);
  return (
    node.type === "MemberExpression" &&
    propertyName(node) === "readFile" &&
    exportOf(sourceCode, node.object, "fs") === "promises"
  );
}

function isStandardInput(sourceCode, argument) {
  const node = valueOf(sourceCode, argument);
  if (isLiteral(node, ...STANDARD_INPUT)) return true;
  // process.stdin.fd
  return node?.type === "MemberExpression" && propertyName(node) === "fd" && isStandardStream(sourceCode, node.object);
}

function isStandardStream(sourceCode, expression) {
  const node = bare(expression);
  return node?.type === "MemberExpression" && isModule(sourceCode, node.object, "process");
}

/** What can be seen to be a stream without types: standard streams, a child's streams, and what makes or maps streams. */
function isStream(sourceCode, expression) {
  const node = valueOf(sourceCode, expression);
  if (node?.type === "NewExpression") return STREAM_CLASSES.test(node.callee.name ?? propertyName(node.callee));
  if (node?.type === "MemberExpression") return /^(stdin|stdout|stderr)$/.test(propertyName(node));
  if (node?.type !== "CallExpression") return false;
  const callee = bare(node.callee);
  if (exportOf(sourceCode, callee, "fs") === "createReadStream") return true;
  if (callee.type !== "MemberExpression") return false;
  if (/^(Readable|Duplex)$/.test(callee.object.name)) return /^(from|fromWeb)$/.test(propertyName(callee));
  // stream.filter(...).map(...): as much a stream as what it starts from
  return isStream(sourceCode, callee.object);
}
