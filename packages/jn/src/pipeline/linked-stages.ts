import { readFileSync } from "node:fs";
import { attempt, markFolder } from "./mark-folder.ts";

/** From when on it is noticed that a stage was killed which a shell connected, in one line. */
export function linkedStagesLine(): string {
  const folder = markFolder(true);
  if (folder === undefined) {
    return "linked stages: no (there is no folder that is ours alone; set XDG_RUNTIME_DIR to one, or TMPDIR)";
  }
  // As the lines of shell look for it that the program begins with.
  const isKnownToShell = /^ino:/m.test(attempt(() => readFileSync("/proc/self/fdinfo/1", "utf8")) ?? "");
  const since = isKnownToShell
    ? "a stage that is killed is noticed from its start on, unless it is started as node jn.cjs"
    : "a stage that is killed is noticed when Node has started; before that it takes Linux 5.14 and /proc";
  return `linked stages: yes (${since})`;
}
