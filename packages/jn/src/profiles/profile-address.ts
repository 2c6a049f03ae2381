import { isAbsolute, join } from "node:path";
import { type Address, parseAddress } from "../address/address.ts";
import { parseQuery, type QueryPart } from "../address/query.ts";
import { usageError } from "../jn-error.ts";
import type { Paging } from "./paging.ts";
import { filterOf, type NamedFilter } from "./profile-filter.ts";
import { type Profile, withVariables } from "./profile.ts";
import { hasProfile, profileNamed } from "./profile-lookup.ts";

/** A profile as an address: where it leads, and what goes with it. */
export interface ProfileAddress {
  readonly address: Address;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly meta: boolean;
  readonly records: string | undefined;
  readonly pages: Paging | undefined;
  readonly filter: NamedFilter | undefined;
}

/**
 * What `@namespace/name?params` means. Of http the parameters fill `{name}` in the path, the others go into the query, after those of the
 * profile; of files they are conditions, but for those that the profile's filter has. What the address says of the format counts more than the profile.
 *
 * @throws JnError `USAGE`
 */
export async function profileAddress(
  typed: Address,
  name: string,
  params: readonly QueryPart[],
): Promise<ProfileAddress> {
  if (/^3pio\/[\w.-]+$/.test(name) && !hasProfile(name)) return threepioAddress(typed, name, params);
  return addressOf(await profileNamed(name), typed, params);
}

/** The same for a profile at hand. @throws JnError `USAGE` */
export function addressOf(profile: Profile, typed: Address, params: readonly QueryPart[]): ProfileAddress {
  if (profile.type === "filter")
    throw usageError(`${typed.text}: it is a filter, not a source; use it: jn filter ${typed.text}`);
  const filter = filterOf(profile, params);
  const forFilter = (param: string): boolean => filter?.variables.has(param) === true;
  const others = params.filter((param) => !forFilter(param.name));
  const target = profile.type === "http" ? urlOf(profile, others, typed.text, forFilter) : fileOf(profile);
  const options = Object.entries(profile.options).map(([option, value]) => ({
    name: option,
    operator: "=" as const,
    value,
  }));
  const given = new Set(typed.query.map((part) => part.name));
  const own = options.filter((option) => !given.has(option.name));
  const conditions =
    profile.type === "file"
      ? [...parseQuery(profile.file, withVariables(profile.query ?? "", profile)), ...others]
      : [];
  const address: Address = {
    text: typed.text,
    place: parseAddress(target).place,
    format: typed.format ?? profile.format,
    variant: typed.variant,
    query: [...own, ...typed.query, ...conditions],
  };
  const headers = Object.entries(profile.headers).map(
    ([field, value]) => [field, withVariables(value, profile)] as const,
  );
  const { meta, records, pages } = profile;
  return { address, headers, meta, records, pages, filter };
}

/** `@3pio/RUN?field=value`: a test run, and conditions on its results. */
function threepioAddress(typed: Address, name: string, params: readonly QueryPart[]): ProfileAddress {
  const [scheme = "", run] = name.split("/");
  const address: Address = {
    text: typed.text,
    place: { kind: "url", url: `${scheme}://${run}`, scheme },
    format: typed.format ?? "ndjson",
    variant: typed.variant,
    query: [...typed.query, ...params],
  };
  return { address, headers: [], meta: false, records: undefined, pages: undefined, filter: undefined };
}

function urlOf(
  profile: Profile,
  params: readonly QueryPart[],
  text: string,
  isElsewhere: (param: string) => boolean,
): string {
  const given = new Map<string, string>();
  for (const { name, operator, value } of params) {
    if (operator !== "=") throw usageError(`${text}: parameters are written name=value`);
    given.set(name, value);
  }
  const path = withVariables(profile.path ?? "", profile).replaceAll(/\{(\w+)\}/g, (_whole, name: string) => {
    const value = given.get(name) ?? profile.params[name];
    if (value === undefined) throw usageError(`${text}: the parameter '${name}' is missing; add ?${name}=...`);
    given.delete(name);
    return encodeURIComponent(value);
  });
  const base = withVariables(profile.baseUrl!, profile).replace(/\/$/, "");
  const url = new URL(base + (path === "" || path.startsWith("/") ? path : `/${path}`));
  for (const [name, value] of Object.entries(profile.params)) {
    if (!isElsewhere(name) && !(profile.path ?? "").includes(`{${name}}`))
      url.searchParams.set(name, withVariables(value, profile));
  }
  for (const [name, value] of given) url.searchParams.set(name, value);
  return url.href;
}

function fileOf(profile: Profile): string {
  const pattern = withVariables(profile.pattern!, profile);
  return isAbsolute(pattern) || pattern.startsWith("~/") ? pattern : join(profile.base, pattern);
}
