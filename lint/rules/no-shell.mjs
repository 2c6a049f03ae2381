import { exportOf, isLiteral, keyName, propertyName, valueOf } from "../syntax.mjs";

const SHELL_CALLS = new Set(["exec", "execSync"]);
const STARTERS = new Set(["spawn", "spawnSync", "execFile", "execFileSync"]);
const SHELL = /^(.*[/\\])?(sh|bash|dash|zsh|ksh|fish|cmd|cmd\.exe|powershell(\.exe)?|pwsh)$/i;

/** Arguments go to a program as a list. A shell would read them a second time. */
export const noShell = {
  meta: {
    type: "problem",
    docs: { description: "no shell between this program and the one that it starts" },
    messages: {
      call: "{{name}} runs a shell. Use spawn with a list of arguments.",
      option: "The shell option runs a shell. Leave it out.",
      program: "{{name}} is a shell. Start the program itself, with a list of arguments.",
    },
    schema: [],
  },
  create(context) {
    const { sourceCode } = context;
    const options = [];
    let startsProcesses = false;
    return {
      ImportDeclaration(node) {
        startsProcesses ||= isLiteral(node.source, "node:child_process", "child_process");
      },
      ImportExpression(node) {
        startsProcesses ||= isLiteral(node.source, "node:child_process", "child_process");
      },
      CallExpression(node) {
        const name = exportOf(sourceCode, node.callee, "child_process");
        if (SHELL_CALLS.has(name)) context.report({ node, messageId: "call", data: { name } });
        if (!STARTERS.has(name)) return;
        const program = valueOf(sourceCode, node.arguments[0]);
        if (program?.type === "Literal" && SHELL.test(program.value)) {
          context.report({ node: program, messageId: "program", data: { name: program.value } });
        }
      },
      // Any `shell` in a file that starts processes: options travel through variables that no rule can follow.
      Property(node) {
        if (keyName(node) === "shell" && node.parent.type === "ObjectExpression" && !isLiteral(node.value, false)) {
          options.push(node);
        }
      },
      AssignmentExpression(node) {
        const { left, right } = node;
        if (left.type === "MemberExpression" && propertyName(left) === "shell" && !isLiteral(right, false)) {
          options.push(node);
        }
      },
      "Program:exit"() {
        if (startsProcesses) for (const node of options) context.report({ node, messageId: "option" });
      },
    };
  },
};
