import { Secret } from "../commands/secret.ts";
import { CuprumError } from "../cuprum-error.ts";

/** Changes to an environment: a text, or a secret, sets a variable; `null` unsets it. */
export interface EnvironmentChanges {
  readonly [name: string]: string | Secret | null | undefined;
}

/**
 * The environment for a process: ours as it is now, changed by each layer in turn.
 *
 * @throws CuprumError `INVALID_OPTION` for what no environment can hold
 */
export function environmentFrom(layers: readonly (EnvironmentChanges | undefined)[]): Record<string, string> {
  const variables = new Map<string, string>();
  for (const [name, value] of Object.entries(process.env)) if (value !== undefined) variables.set(name, value);
  for (const layer of layers) {
    for (const [name, value] of Object.entries(layer ?? {})) {
      if (value === undefined) continue;
      const text = value instanceof Secret ? value.reveal() : value;
      check(name, text);
      if (text === null) variables.delete(name);
      else variables.set(name, text);
    }
  }
  return Object.fromEntries(variables);
}

/** The texts in it that must not be shown. */
export function environmentSecrets(layers: readonly (EnvironmentChanges | undefined)[]): readonly string[] {
  return layers
    .flatMap((layer) => Object.values(layer ?? {}))
    .flatMap((value) => (value instanceof Secret ? value.reveal() : []));
}

function check(name: string, value: unknown): void {
  const fault = faultOf(name, value);
  if (fault === undefined) return;
  throw new CuprumError("INVALID_OPTION", `environment variable ${JSON.stringify(name)} ${fault}`);
}

function faultOf(name: string, value: unknown): string | undefined {
  if (name === "") return "has no name";
  if (name.includes("=")) return "has a = in its name";
  if (value === null) return undefined;
  if (typeof value !== "string") return `is a ${typeof value}; give it as text, or null to unset it`;
  if (`${name}${value}`.includes("\0")) return "has a NUL character; no program can be given one";
  if (/\p{Surrogate}/u.test(`${name} ${value}`)) return "has half of a surrogate pair, which has no bytes in UTF-8";
  return undefined;
}
