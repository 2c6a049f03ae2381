import { parseQuery, type QueryPart } from "../address/query.ts";
import { usageError } from "../jn-error.ts";
import { type Profile, withVariables } from "./profile.ts";
import { profileNamed } from "./profile-lookup.ts";

/** A jq expression, and the values of its `$name`s as JSON texts. */
export interface NamedFilter {
  readonly expression: string;
  readonly variables: ReadonlyMap<string, string>;
}

/** The filter that the text names, `@namespace/name?params`; undefined when it is an expression. @throws JnError `USAGE` */
export async function filterNamed(text: string): Promise<NamedFilter | undefined> {
  const [, name, query = ""] = /^@([\w-]+(?:\/[\w.-]+)+)(?:\?(.*))?$/s.exec(text) ?? [];
  if (name === undefined) return undefined;
  const profile = await profileNamed(name);
  if (profile.type !== "filter")
    throw usageError(`@${name}: it is a source (${profile.type}), not a filter; read it: jn cat @${name}`);
  const params = parseQuery(text, query);
  const unknown = params.find((param) => !Object.hasOwn(profile.params, param.name));
  if (unknown !== undefined) {
    const names = Object.keys(profile.params);
    const there = names.length === 0 ? "it has none" : `there are: ${names.join(", ")}`;
    throw usageError(`${text}: there is no parameter '${unknown.name}'; ${there}`);
  }
  return filterOf(profile, params);
}

/** The filter of a profile, with those parameters that it names as `$name`; undefined: it has none. @throws JnError `USAGE` */
export function filterOf(profile: Profile, params: readonly QueryPart[]): NamedFilter | undefined {
  if (profile.filter === undefined) return undefined;
  const variables = new Map<string, string>();
  for (const [name, value] of Object.entries(profile.params)) {
    const isNamed =
      profile.type === "filter" || (/^\w+$/.test(name) && new RegExp(String.raw`\$${name}\b`).test(profile.filter));
    if (isNamed) variables.set(name, meant(withVariables(value, profile)));
  }
  for (const { name, value } of params) if (variables.has(name)) variables.set(name, meant(value));
  return { expression: profile.filter, variables };
}

/** As in a cell of CSV: a number, true, false or null, else text. */
function meant(text: string): string {
  return /^(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)$/.test(text) ? text : JSON.stringify(text);
}
