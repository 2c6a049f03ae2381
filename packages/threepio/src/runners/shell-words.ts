/**
 * The commands in a line of shell, as words without their quotes; assignments before a command are left out. Understands
 * quotes and the separators `&&`, `||`, `;`, `|`, `&` and newline; what a shell would expand stays as it is written. It is only
 * used to recognise runners: the line itself is run by whoever it belongs to.
 */
export function shellCommands(line: string): readonly (readonly string[])[] {
  const commands: string[][] = [[]];
  for (const [token, separator] of line.matchAll(TOKEN)) {
    if (separator !== undefined) commands.push([]);
    else if (token.trim() !== "") commands.at(-1)!.push(unquoted(token));
  }
  return commands.map(withoutAssignments).filter((words) => words.length > 0);
}

/** A word as a shell would read it as one word. */
export function shellQuoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

const TOKEN = /(&&|\|\||[;|&\n])|(?:"(?:\\.|[^"\\])*"|'[^']*'|\\.|[^\s"'\\;|&])+|\s+/gs;

function unquoted(token: string): string {
  return token.replaceAll(
    /"((?:\\.|[^"\\])*)"|'([^']*)'|\\(.)/gs,
    (_, double?: string, single?: string, plain?: string) =>
      double === undefined ? (single ?? plain ?? "") : double.replaceAll(/\\(["\\$`])/g, "$1"),
  );
}

function withoutAssignments(words: readonly string[]): readonly string[] {
  const start = words.findIndex((word) => !/^\w+=/.test(word));
  return start < 0 ? [] : words.slice(start);
}
