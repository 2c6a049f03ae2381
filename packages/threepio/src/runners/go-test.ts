import { goTestStream, goTestText } from "../streams/go-test-stream.ts";
import { programName, type Runner } from "./runner.ts";

/** `go test` says everything as JSON; its `-json` is added, and what people read is made from it. */
export const goTest: Runner = {
  name: "go test",
  summary: "go test, by its -json output",
  matches: (words) => testAt(words) > 0,
  rewrite: (command) => {
    const at = testAt(command);
    return at < 0 || command.slice(at).includes("-json")
      ? command
      : [...command.slice(0, at + 1), "-json", ...command.slice(at + 1)];
  },
  // Behind a script the flag comes in by the environment; other commands of go would take it, too.
  environment: (_words, { isDirect, all }) => {
    const goCommands = all.filter((words) => programName(words[0] ?? "") === "go");
    const isSafe = goCommands.every((words) => testAt(words) > 0 || words[1] === "vet");
    return new Map(isDirect || !isSafe ? [] : [["GOFLAGS", "-json"]]);
  },
  stream: { format: "go-test", file: "events/go-test.out", open: goTestStream, textOf: goTestText },
};

/** Where `test` stands in a command of go. */
function testAt(words: readonly string[]): number {
  const go = words.findIndex((word) => programName(word) === "go");
  return go >= 0 && words[go + 1] === "test" ? go + 1 : -1;
}
