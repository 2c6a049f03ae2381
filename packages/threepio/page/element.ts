/** A new element. Text goes in as text, never as markup: what tests are called and print cannot become part of the page. */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Readonly<Record<string, string>> = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
  made.append(...children);
  return made;
}

/** The element of the page with this id. */
export function byId(id: string): HTMLElement {
  const found = document.querySelector<HTMLElement>(`#${id}`);
  if (found === null) throw new Error(`the page has no #${id}`);
  return found;
}

/** Text from a test: control characters, and those that turn the direction of text, are shown as escapes. */
export function visible(text: string): string {
  return text.replaceAll(CONTROL, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** The same for text of several lines; colours of terminals are left out. */
export function visibleBlock(text: string): string {
  return text
    .replaceAll(ANSI, "")
    .replaceAll(BLOCK_CONTROL, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

const CONTROL = /[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu;
const BLOCK_CONTROL = /(?![\n\t])[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu;
// oxlint-disable-next-line eslint/no-control-regex -- the escape sequences of terminals begin with this character
const ANSI = /\u001b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[@-Z\\-_])/g;

/** `12 ms`, `3.4 s`, `2 min 5 s`. */
export function duration(ms: number): string {
  if (Number.isNaN(ms)) return "";
  if (ms < 1) return "<1 ms";
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`;
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`;
}

/** `207,418`. */
export function count(value: number): string {
  return value.toLocaleString("en");
}

/** `1 test`, `2,000 tests`. */
export function testsText(value: number): string {
  return `${count(value)} ${value === 1 ? "test" : "tests"}`;
}

/** A part of a whole, in percent with two digits that say something: `12 %`, `0.034 %`. */
export function share(part: number, whole: number): string {
  if (!(part > 0 && whole > 0)) return "";
  const percent = (100 * part) / whole;
  return percent >= 10 ? `${Math.round(percent)} %` : `${Number(percent.toPrecision(2)).toFixed(digits(percent))} %`;
}

function digits(percent: number): number {
  return Math.max(1, 1 - Math.floor(Math.log10(percent)));
}
