import { JnError } from "../jn-error.ts";

/** One part of what follows the `?` of an address, decoded. */
export interface QueryPart {
  readonly name: string;
  /** undefined: the name alone, as in `?header`. */
  readonly operator: Operator | undefined;
  readonly value: string;
}

export type Operator = "=" | "!=" | "<" | "<=" | ">" | ">=";

/**
 * Reads `name=value&name&field>=5`.
 *
 * @throws JnError `USAGE` for a bad percent-encoding
 */
export function parseQuery(address: string, query: string): readonly QueryPart[] {
  return query.split("&").flatMap((part): QueryPart[] => {
    if (part === "") return [];
    const [, name = part, operator, value = ""] = /^([^=<>!]+)(!=|<=|>=|=|<|>)(.*)$/s.exec(part) ?? [];
    return [{ name: decode(address, name), operator: operator as Operator | undefined, value: decode(address, value) }];
  });
}

function decode(address: string, part: string): string {
  try {
    return decodeURIComponent(part);
  } catch (error) {
    throw new JnError("USAGE", `${address}: '${part}' is no valid percent-encoding; write a literal % as %25`, {
      cause: error,
    });
  }
}
