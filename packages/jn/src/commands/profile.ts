import { descriptorSink, ExitCode } from "@jn/wire";
import { shownUrl } from "../address/shown-url.ts";
import type { Command } from "../cli/command.ts";
import { FilterSyntaxError } from "../filter/language/syntax-error.ts";
import { JnError, usageError } from "../jn-error.ts";
import type { Profile } from "../profiles/profile.ts";
import { addressOf } from "../profiles/profile-address.ts";
import { allProfiles, type KnownProfile, profileNamed } from "../profiles/profile-lookup.ts";

const TODO = '{"type":"file","pattern":"notes/*.ndjson","query":"done=false","description":"what is to be done"}\n';

export const profile: Command = {
  name: "profile",
  summary: "show and check the named sources and filters, @namespace/name",
  usage: "list | info NAME | tree [NAMESPACE] | check [NAME]",
  positionals: [1, 2],
  details: [
    "A profile is a file NAMESPACE/NAME.json in .jn/profiles, here or in a folder above, or in the user's data folder\n" +
      "(~/.local/share/jn/profiles). list prints all of them, tree draws them, info NAME shows one, without values that may be secret; check reads\n" +
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
  async run({ positionals }) {
    const [action, name] = positionals;
    if (action === "info" && name !== undefined) print([shown(await profileNamed(name.replace(/^@/, "")))]);
    else if (action === "list" && name === undefined) print((await allProfiles()).map(({ read }) => summary(read())));
    else if (action === "tree") print(treeLines(await allProfiles(), name?.replace(/^@/, "")));
    else if (action === "check") await check(name?.replace(/^@/, ""));
    else throw usageError(`usage: jn profile ${profile.usage}; info needs a NAME`);
    return ExitCode.ok;
  },
};

function summary({ name, type, description }: Profile): object {
  return { name, type, ...(description !== undefined && { description }) };
}

/** As it stands in its files: variables are not filled in, and values that may be secret and are no variables are not shown. */
function shown({ headers, params, baseUrl, ...rest }: Profile): object {
  const hidden = (table: Readonly<Record<string, string>>, isSecret: (name: string) => boolean): object =>
    Object.fromEntries(
      Object.entries(table).map(([name, value]) => [name, value.includes("${") || !isSecret(name) ? value : "***"]),
    );
  return {
    ...rest,
    ...(baseUrl !== undefined && { baseUrl: shownUrl(baseUrl) }),
    params: hidden(params, (name) => SECRET.test(name)),
    headers: hidden(headers, () => true),
  };
}

/** A line for each part of the names, indented by its depth, as `tree` draws folders. */
function treeLines(profiles: readonly KnownProfile[], under: string | undefined): readonly string[] {
  const lines: string[] = [];
  let above: readonly string[] = [];
  for (const { name, read } of profiles) {
    if (under !== undefined && name !== under && !name.startsWith(`${under}/`)) continue;
    const parts = name.split("/");
    for (const [depth, part] of parts.entries()) {
      if (above.length > depth && above.slice(0, depth + 1).every((one, index) => one === parts[index])) continue;
      above = parts.slice(0, depth + 1);
      lines.push(`${"  ".repeat(depth)}${depth === 0 ? "@" : ""}${part}${depth < parts.length - 1 ? "/" : leaf(read)}`);
    }
  }
  return lines;
}

/** What the tree says of a profile. */
function leaf(read: KnownProfile["read"]): string {
  try {
    const { type, description } = read();
    return ` (${type})${description === undefined ? "" : `: ${description}`}`;
  } catch (error) {
    if (error instanceof JnError) return " (wrong: jn profile check)";
    throw error;
  }
}

/** @throws JnError `BAD_DATA` that counts what is wrong, after all of it has been printed */
async function check(only: string | undefined): Promise<void> {
  const every = await allProfiles();
  const wanted = only === undefined ? every : every.filter(({ name }) => name === only);
  if (only !== undefined && wanted.length === 0) await profileNamed(only);
  let bad = 0;
  const results = [];
  for (const { name, read } of wanted) {
    try {
      await requireUsable(read());
      results.push({ name, ok: true });
    } catch (error) {
      if (!(error instanceof JnError) && !(error instanceof FilterSyntaxError)) throw error;
      bad++;
      results.push({ name, ok: false, problem: error.message });
    }
  }
  print(results);
  if (bad > 0) throw new JnError("BAD_DATA", `${bad} of ${wanted.length} profiles ${bad === 1 ? "is" : "are"} wrong`);
}

/** @throws JnError, FilterSyntaxError */
async function requireUsable(found: Profile): Promise<void> {
  const { loadFilter } = await import("../filter/compiler/compile.ts");
  const { name, path = "", filter, records, pages, params } = found;
  for (const expression of [records, pages?.next]) if (expression !== undefined) await loadFilter(expression);
  if (filter !== undefined)
    await loadFilter(filter, { variables: new Map(Object.keys(params).map((key) => [key, null])) });
  if (found.type === "filter") return;
  const given = [...path.matchAll(/\{(\w+)\}/g)].map(([, param]) => ({
    name: param!,
    operator: "=" as const,
    value: "x",
  }));
  const place = { kind: "profile", name, params: [] } as const;
  addressOf(found, { text: `@${name}`, place, format: undefined, variant: undefined, query: [] }, given);
}

function print(values: readonly (object | string)[]): void {
  const sink = descriptorSink(1, "standard output");
  for (const value of values) {
    const line = Buffer.from(`${typeof value === "string" ? value : JSON.stringify(value)}\n`);
    sink.appendRecords(line, 0, line.length);
  }
  sink.flush();
}

/** Parameters that are secrets by their names. */
const SECRET = /key|token|secret|pass|auth|sig|cred/i;
