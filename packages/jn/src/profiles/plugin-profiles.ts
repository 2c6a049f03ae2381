import { dirname } from "node:path";
import { JnError } from "../jn-error.ts";
import { discover } from "../plugins/external/discovery.ts";
import { pluginLines } from "../plugins/external/external-plugin.ts";
import { checkedProfile, type Profile } from "./profile.ts";

/**
 * The profiles that plugins have: `--mode=profiles` prints one a line, an object with a `name` and the fields of a profile's file.
 * Only plugins that may run, and say that they have this mode, are asked.
 *
 * @throws JnError `BAD_DATA` when a plugin fails, or prints something else
 */
export async function profilesOfPlugins(): Promise<readonly { readonly name: string; readonly read: () => Profile }[]> {
  const all = [];
  for (const { path, trusted, manifest } of await discover()) {
    if (!trusted || manifest?.modes.includes("profiles") !== true) continue;
    for (const line of await pluginLines(path, ["--mode=profiles"])) all.push(profileIn(line, path));
  }
  return all;
}

function profileIn(line: string, path: string): { readonly name: string; readonly read: () => Profile } {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    value = undefined;
  }
  if (typeof value !== "object" || value === null || !("name" in value) || typeof value.name !== "string")
    throw new JnError("BAD_DATA", `the plugin ${path}: --mode=profiles prints a line that is no object with a 'name'`);
  const { name, ...fields } = value as { readonly name: string };
  return { name, read: () => checkedProfile(name, path, dirname(path), fields) };
}
