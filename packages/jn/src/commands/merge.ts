import { descriptorSink, ExitCode } from "@jn/wire";
import { readRecordsFrom } from "../address/records-in.ts";
import type { Command } from "../cli/command.ts";
import { labelledRecords, labelsOf } from "../stages/merge/labelled-records.ts";
import { type MergeSource, mergeSources } from "../stages/merge/merge-sources.ts";

const FILES = { "north.csv": "x\n1\n", "south.json": '[{"x": 2}]\n' };

export const merge: Command = {
  name: "merge",
  summary: "read sources one after the other, and say of each record where it is from",
  usage: "ADDRESS[:label=NAME]...",
  positionals: [1, Number.MAX_SAFE_INTEGER],
  details: [
    "Prints the records of each ADDRESS in turn, as cat does, with the field _source in front: the address, or of a pattern the file.\n" +
      "With :label=NAME after an address, they get a field _label, too. A record that is no object becomes the field value.",
    "A source that fails stops it; all addresses are checked before anything is read.",
  ],
  flags: [{ name: "no-source", help: "leave out _source" }],
  addresses: "read",
  examples: [
    {
      title: "two formats",
      files: FILES,
      command: "jn merge north.csv south.json",
      output: '{"_source":"north.csv","x":1}\n{"_source":"south.json","x":2}\n',
    },
    {
      title: "with labels",
      files: FILES,
      command: "jn merge --no-source north.csv:label=n south.json:label=s",
      output: '{"_label":"n","x":1}\n{"_label":"s","x":2}\n',
    },
  ],
  async run({ positionals, flags, context }) {
    const sources: MergeSource[] = [];
    for (const text of positionals) {
      const [, before, label] = /^(.+):label=(.*)$/s.exec(text) ?? [];
      sources.push(...(await mergeSources(before ?? text, label)));
    }
    const sink = descriptorSink(1, "standard output");
    for (const { address, label, name } of sources) {
      const labels = labelsOf({ label, source: flags.has("no-source") ? undefined : name });
      const stage = labels.size === 0 ? undefined : labelledRecords(labels, { ...context, source: name });
      await readRecordsFrom([address], context, sink, stage);
    }
    return ExitCode.ok;
  },
};
