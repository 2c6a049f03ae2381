/** Text from the input, for a message on a terminal: control and direction characters, which could drive it, are escaped. */
export function visible(text: string): string {
  return text.replaceAll(CONTROL, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** The same, cut to `length` characters. */
export function snippet(text: string, length = 60): string {
  return text.length > length ? `${visible(text.slice(0, length))}...` : visible(text);
}

const CONTROL = /[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu;
