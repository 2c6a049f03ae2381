import { CODECS, FORMATS, PROTOCOLS } from "../../src/plugins/registry.ts";

/** The names of everything built in, in order. */
export function builtInNames(): readonly string[] {
  return [...FORMATS, ...CODECS, ...PROTOCOLS].map(({ name }) => name);
}
