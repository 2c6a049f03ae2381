/** Changes to an environment: a text sets a variable, `null` unsets it. */
export interface EnvironmentChanges {
  readonly [name: string]: string | null | undefined;
}

/** The environment for a process: ours as it is now, changed by each layer in turn. */
export function environmentFrom(layers: readonly (EnvironmentChanges | undefined)[]): Record<string, string> {
  const variables = new Map<string, string>();
  for (const layer of [process.env, ...layers]) {
    for (const [name, value] of Object.entries(layer ?? {})) {
      if (value === null) variables.delete(name);
      else if (value !== undefined) variables.set(name, value);
    }
  }
  return Object.fromEntries(variables);
}
