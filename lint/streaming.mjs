// The project's own lint rules: how bytes may move through a process, and how a process may end.
// oxlint loads this file through `jsPlugins` in .oxlintrc.json; lint/test holds an example for and against each rule.
import { noProcessExit } from "./rules/no-process-exit.mjs";
import { noReadToEnd } from "./rules/no-read-to-end.mjs";
import { noShell } from "./rules/no-shell.mjs";
import { noStandardStreams } from "./rules/no-standard-streams.mjs";
import { noUnwaitedChild } from "./rules/no-unwaited-child.mjs";
import { noWholeOutput } from "./rules/no-whole-output.mjs";

// oxlint asks for a default export: the one exception to "named exports only".
export default {
  meta: { name: "streaming" },
  rules: {
    "no-process-exit": noProcessExit,
    "no-read-to-end": noReadToEnd,
    "no-shell": noShell,
    "no-standard-streams": noStandardStreams,
    "no-unwaited-child": noUnwaitedChild,
    "no-whole-output": noWholeOutput,
  },
};
