import { descriptorSink, ExitCode } from "@jn/wire";
import type { Command } from "../cli/command.ts";
import { JnError, usageError } from "../jn-error.ts";
import { allProfiles } from "../profiles/profile-list.ts";
import { type Profile, profileNamed, readProfile } from "../profiles/profile.ts";
import { profileAddress } from "../profiles/profile-address.ts";

const TODO = '{"type":"file","pattern":"notes/*.ndjson","query":"done=false","description":"what is to be done"}\n';

export const profile: Command = {
  name: "profile",
  summary: "show and check the named sources, @namespace/name",
  usage: "list|info|check [NAME]",
  positionals: [1, 2],
  details: [
    "A profile is a file NAMESPACE/NAME.json in .jn/profiles, here or in a folder above, or in the user's data folder\n" +
      "(~/.local/share/jn/profiles). list prints all of them, info NAME one, without values that may be secret; check reads\n" +
      "every one, or NAME, and says what is wrong: fields that do not exist, variables that are not set.",
  ],
  flags: [],
  addresses: "none",
  examples: [
    {
      title: "what there is",
      files: { "todo.json": TODO },
      command: "mkdir -p .jn/profiles/my && mv todo.json .jn/profiles/my && jn profile list",
      output: '{"name":"my/todo","type":"file","description":"what is to be done"}\n',
    },
  ],
  run({ positionals }) {
    const [action, name] = positionals;
    if (action === "info" && name !== undefined) print([shown(profileNamed(name.replace(/^@/, "")))]);
    else if (action === "list" && name === undefined) {
      print(allProfiles().map(([found, folder]) => summary(readProfile(found, folder))));
    } else if (action === "check") check(name?.replace(/^@/, ""));
    else throw usageError(`usage: jn profile ${profile.usage}; info needs a NAME`);
    return Promise.resolve(ExitCode.ok);
  },
};

function summary({ name, type, description }: Profile): object {
  return { name, type, ...(description !== undefined && { description }) };
}

/** As it stands in its files: variables are not filled in, and header values that are no variables are not shown. */
function shown({ headers, ...rest }: Profile): object {
  const hidden = Object.entries(headers).map(([field, value]) => [field, /\$\{/.test(value) ? value : "***"]);
  return { ...rest, headers: Object.fromEntries(hidden) as object };
}

/** @throws JnError `BAD_DATA` that counts what is wrong, after all of it has been printed */
function check(only: string | undefined): void {
  const names = only === undefined ? allProfiles() : allProfiles().filter(([name]) => name === only);
  if (only !== undefined && names.length === 0) profileNamed(only);
  let bad = 0;
  const results = names.map(([name, folder]) => {
    try {
      const found = readProfile(name, folder);
      const params = [...(found.path ?? "").matchAll(/\{(\w+)\}/g)].map(([, param]) => ({
        name: param!,
        operator: "=" as const,
        value: "x",
      }));
      const place = { kind: "profile", name, params: [] } as const;
      profileAddress({ text: `@${name}`, place, format: undefined, variant: undefined, query: [] }, name, params);
      return { name, ok: true };
    } catch (error) {
      if (!(error instanceof JnError)) throw error;
      bad++;
      return { name, ok: false, problem: error.message };
    }
  });
  print(results);
  if (bad > 0) throw new JnError("BAD_DATA", `${bad} of ${names.length} profiles ${bad === 1 ? "is" : "are"} wrong`);
}

/** Every profile, by name; the first folder that has it wins. */
function print(values: readonly object[]): void {
  const sink = descriptorSink(1, "standard output");
  for (const value of values) {
    const line = Buffer.from(`${JSON.stringify(value)}\n`);
    sink.appendRecords(line, 0, line.length);
  }
  sink.flush();
}
