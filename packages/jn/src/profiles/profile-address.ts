import { isAbsolute, join } from "node:path";
import { type Address, parseAddress } from "../address/address.ts";
import { parseQuery, type QueryPart } from "../address/query.ts";
import { usageError } from "../jn-error.ts";
import { hasProfile, type Profile, profileNamed, withVariables } from "./profile.ts";

/** A profile as an address: where it leads, and what goes with it. */
export interface ProfileAddress {
  readonly address: Address;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly meta: boolean;
}

/**
 * What `@namespace/name?params` means. Of http the parameters fill `{name}` in the path, the others go into the query, after those of the
 * profile; of files they are conditions. What the address says of the format counts more than the profile.
 *
 * @throws JnError `USAGE`
 */
export function profileAddress(typed: Address, name: string, params: readonly QueryPart[]): ProfileAddress {
  const builtIn = /^3pio\/[\w.-]+$/.test(name) && !hasProfile(name) ? threepioAddress(typed, name, params) : undefined;
  if (builtIn !== undefined) return { address: builtIn, headers: [], meta: false };
  const profile = profileNamed(name);
  const target = profile.type === "http" ? urlOf(profile, params, typed.text) : fileOf(profile);
  const options = Object.entries(profile.options).map(([option, value]) => ({
    name: option,
    operator: "=" as const,
    value,
  }));
  const given = new Set(typed.query.map((part) => part.name));
  const own = options.filter((option) => !given.has(option.name));
  const conditions =
    profile.type === "file"
      ? [...parseQuery(profile.file, withVariables(profile.query ?? "", profile)), ...params]
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
  return { address, headers, meta: profile.meta };
}

/** `@3pio/RUN?field=value`: a test run, and conditions on its results. */
function threepioAddress(typed: Address, name: string, params: readonly QueryPart[]): Address {
  const [scheme = "", run] = name.split("/");
  return {
    text: typed.text,
    place: { kind: "url", url: `${scheme}://${run}`, scheme },
    format: typed.format ?? "ndjson",
    variant: typed.variant,
    query: [...typed.query, ...params],
  };
}

function urlOf(profile: Profile, params: readonly QueryPart[], text: string): string {
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
    if (!(profile.path ?? "").includes(`{${name}}`)) url.searchParams.set(name, withVariables(value, profile));
  }
  for (const [name, value] of given) url.searchParams.set(name, value);
  return url.href;
}

function fileOf(profile: Profile): string {
  const pattern = withVariables(profile.pattern!, profile);
  return isAbsolute(pattern) || pattern.startsWith("~/") ? pattern : join(profile.base, pattern);
}
