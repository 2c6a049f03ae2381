import { usageError } from "../jn-error.ts";

/** A field of a record, as it was named on the command line. */
export interface Field {
  /** The keys that lead to it, the outermost first. */
  readonly path: readonly string[];
  /** How messages and results call it: the last key, or the path. */
  readonly name: string;
  /** Whether a `-` stands before it. */
  readonly isDescending: boolean;
}

/**
 * The fields in a list such as `city,.user.login,"a, b"`: names with commas between them. What begins with a point is a path of
 * names; in quotes, as in JSON, a name can have any character. Where `signs` says so, a `-` may stand before each.
 *
 * @param flag how messages call the flag
 * @throws JnError `USAGE`
 */
export function fieldList(text: string, flag: string, options: { readonly signs?: boolean } = {}): readonly Field[] {
  const { signs = false } = options;
  const fields: Field[] = [];
  let at = 0;
  const fail = (): never => {
    throw usageError(`${flag}: '${text}' is no list of fields such as city,.user.login,"a, b"`);
  };
  for (;;) {
    const isDescending = signs && text[at] === "-";
    if (isDescending) at++;
    const path: string[] = [];
    const isPath = text[at] === ".";
    const pattern = isPath ? STEP : NAME;
    const separator = isPath ? "." : "";
    do {
      pattern.lastIndex = at;
      const found = pattern.exec(text);
      if (found === null) return fail();
      path.push(found[1] === undefined ? found[2]! : unquoted(found[1], fail));
      at = pattern.lastIndex;
    } while (text[at] === separator);
    const name = path.length === 1 ? path[0]! : path.join(".");
    const isTwice = fields.some((field) => JSON.stringify(field.path) === JSON.stringify(path));
    if (isTwice) throw usageError(`${flag}: the field ${name} is there twice`);
    fields.push({ path, name, isDescending });
    if (at === text.length) return fields;
    if (text[at] !== ",") fail();
    at++;
  }
}

function unquoted(text: string, fail: () => never): string {
  try {
    return JSON.parse(text) as string;
  } catch {
    return fail();
  }
}

const NAME = /("(?:[^"\\]|\\.)*")|([^,"]+)/y;
const STEP = /\.(?:("(?:[^"\\]|\\.)*")|([^,."]+))/y;
