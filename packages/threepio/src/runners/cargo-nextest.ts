import { nextestStream, nextestText } from "../streams/nextest-stream.ts";
import { programName, type Runner } from "./runner.ts";

/** `cargo nextest run` prints for people; beside that it can say everything as JSON, line by line. */
export const cargoNextest: Runner = {
  name: "cargo nextest",
  summary: "cargo nextest run, by its libtest-json-plus output",
  matches: (words) => runAt(words) > 0,
  rewrite: (command) => {
    const at = runAt(command);
    if (at < 0) return command;
    const asked = command.findIndex((word) => word === OPTION || word.startsWith(`${OPTION}=`));
    if (asked < 0) return [...command.slice(0, at + 1), OPTION, FORMAT, ...command.slice(at + 1)];
    // What is printed for people is printed all the same.
    const next = asked + 1;
    if (command[asked] === `${OPTION}=human`) return command.with(asked, `${OPTION}=${FORMAT}`);
    return command[asked] === OPTION && command[next] === "human" ? command.with(next, FORMAT) : command;
  },
  environment: () => new Map([["NEXTEST_EXPERIMENTAL_LIBTEST_JSON", "1"]]),
  stream: { format: "nextest", file: "events/nextest.out", open: nextestStream, textOf: nextestText },
};

const OPTION = "--message-format";
const FORMAT = "libtest-json-plus";

/** Where `run` stands in a command of nextest, which may be called by its own name, too; -1: nowhere. */
function runAt(words: readonly string[]): number {
  const at = words.findIndex((word) => programName(word) === "cargo" || programName(word) === "cargo-nextest");
  if (at < 0) return -1;
  const nextest = words.findIndex((word, index) => index > at && word === "nextest");
  const next = nextest + 1;
  return nextest > 0 && (words[next] === "run" || words[next] === "r") ? next : -1;
}
