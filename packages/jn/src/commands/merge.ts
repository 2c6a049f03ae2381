import { descriptorSink, ExitCode } from "@jn/wire";
import { type Address, parseAddress } from "../address/address.ts";
import { planReading } from "../address/plan.ts";
import { readRecordsFrom } from "../address/records-in.ts";
import type { Command } from "../cli/command.ts";
import { labelledRecords } from "../stages/merge/labelled-records.ts";

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
    const sources: (Source & { readonly name: string })[] = [];
    for (const text of positionals) sources.push(...(await sourcesOf(text)));
    const sink = descriptorSink(1, "standard output");
    for (const { address, label, name } of sources) {
      const labels = new Map<string, string>();
      if (!flags.has("no-source")) labels.set("_source", name);
      if (label !== undefined) labels.set("_label", label);
      const stage = labels.size === 0 ? undefined : labelledRecords(labels, { ...context, source: name });
      await readRecordsFrom([address], context, sink, stage);
    }
    return ExitCode.ok;
  },
};

interface Source {
  readonly address: Address;
  readonly label: string | undefined;
}

/** The source that an argument names; of a pattern, each file. */
async function sourcesOf(text: string): Promise<readonly (Source & { readonly name: string })[]> {
  const [, before, label] = /^(.+):label=(.*)$/s.exec(text) ?? [];
  const address = parseAddress(before ?? text);
  const plans = await planReading(address, "standard input");
  if (address.place.kind !== "glob") return [{ address, label, name: plans[0]!.name }];
  return plans.map(({ place, name }) => ({ address: { ...address, place }, label, name }));
}
