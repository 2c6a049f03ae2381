import { ExitCode } from "@jn/wire";
import type { Command } from "../cli/command.ts";
import { usageError } from "../jn-error.ts";
import { loadFilter } from "../filter/compiler/compile.ts";
import { editExpression, isAssignment } from "../stages/edit/edit-expression.ts";
import { filteredRecords } from "../stages/filtered-records.ts";
import { throughStage } from "../stages/through-stage.ts";

export const edit: Command = {
  name: "edit",
  summary: "set, delete, merge and append values in each record",
  usage: "[.PATH=TEXT | .PATH:=JSON]... [ADDRESS...]",
  positionals: [0, Number.MAX_SAFE_INTEGER],
  details: [
    'A PATH is .name, ."a b".c or .list[0]; what is missing on the way is made. Merging comes first, then assignments, then what is put\n' +
      "before and after arrays, then deletions. Numbers that are not touched keep their digits.",
  ],
  flags: [
    { name: "delete", short: "d", values: ["PATH"], repeatable: true, help: "delete this" },
    {
      name: "merge",
      short: "m",
      values: ["JSON"],
      repeatable: true,
      help: "merge this object in; null deletes (RFC 7396)",
    },
    { name: "append", values: ["PATH", "JSON"], repeatable: true, help: "put this at the end of an array" },
    { name: "prepend", values: ["PATH", "JSON"], repeatable: true, help: "put this at the beginning of an array" },
  ],
  addresses: "read",
  examples: [
    {
      title: "text, JSON, and a deletion",
      command: 'echo \'{"name":"x","n":1}\' | jn edit .name=Ada .user.age:=36 --delete .n',
      output: '{"name":"Ada","user":{"age":36}}\n',
    },
    {
      title: "merge and append",
      command: 'echo \'{"a":1,"tags":["x"]}\' | jn edit --merge \'{"a":null,"b":2}\' --append .tags \'"y"\'',
      output: '{"tags":["x","y"],"b":2}\n',
    },
  ],
  async run({ positionals, flags, context }) {
    const pairs = (name: string): readonly (readonly [string, string])[] =>
      flags.all(name).map(([path, json]) => [path!, json!]);
    const edits = {
      merges: flags.all("merge").map(([json]) => json!),
      assignments: positionals.filter(isAssignment),
      appends: pairs("append"),
      prepends: pairs("prepend"),
      deletions: flags.all("delete").map(([path]) => path!),
    };
    if (Object.values(edits).every((some) => some.length === 0))
      throw usageError("there is nothing to edit: .name=TEXT");
    const { text, variables } = editExpression(edits);
    const filter = await loadFilter(text, { variables });
    const addresses = positionals.filter((argument) => !isAssignment(argument));
    await throughStage(addresses, context, (about) => filteredRecords(filter, { ...about, results: "values" }));
    return ExitCode.ok;
  },
};
