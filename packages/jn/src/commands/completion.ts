import { descriptorSink, ExitCode } from "@jn/wire";
import { completionScript, SHELLS } from "../stages/completion/completion-script.ts";
import type { Command } from "../cli/command.ts";
import { usageError } from "../jn-error.ts";
import { didYouMean } from "../text/suggestion.ts";

export const completion: Command = {
  name: "completion",
  summary: "a script that completes jn's command lines in a shell",
  usage: "(bash | zsh | fish)",
  positionals: [1, Number.MAX_SAFE_INTEGER],
  details: [
    "Completes commands, flags, files, formats after ~, profiles after @, and the names of fields where a flag takes some and a file is on\n" +
      "the command line. For bash: source <(jn completion bash), in ~/.bashrc; for zsh the same with zsh, after compinit; for fish:\n" +
      "jn completion fish | source.",
    "The scripts ask jn itself: jn completion words -- WORD... prints what the last WORD can be.",
  ],
  flags: [],
  addresses: "none",
  examples: [
    {
      title: "what a word can be",
      command: "jn completion words -- jn so",
      output: "sort\n",
    },
    {
      title: "names of fields",
      files: { "people.csv": "name,age,city\nAda,36,London\n" },
      command: "jn completion words -- jn sort people.csv --by city,",
      output: "city,name\ncity,age\n",
    },
  ],
  async run({ positionals, commands }) {
    const [what = "", ...words] = positionals;
    const script = completionScript(what);
    if (script === undefined && what !== "words") {
      throw usageError(
        `there is no completion for '${what}'${didYouMean(what, SHELLS)}; there is: ${SHELLS.join(", ")}`,
      );
    }
    const { candidates } = await import("../stages/completion/candidates.ts");
    const text =
      script ?? (await candidates(words, await commands.all())).map((candidate) => `${candidate}\n`).join("");
    const sink = descriptorSink(1, "standard output");
    const bytes = Buffer.from(text);
    sink.append(bytes, 0, bytes.length);
    sink.flush();
    return ExitCode.ok;
  },
};
