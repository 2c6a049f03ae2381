/**
 * Text with an apostrophe before what a spreadsheet would take for a formula (OWASP, "CSV Injection"): `=`, `+`, `-`, `@` and their
 * full-width forms at the beginning of the text, or of a line in it, and a tab or line end at the beginning of the text. A number is no
 * formula.
 */
export function withoutFormulas(text: string): string {
  return NUMBER.test(text) ? text : text.replace(FORMULA, "'");
}

const NUMBER = /^[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?$/;
const FORMULA = /^(?=[\t\r\n])|(?<![^\r\n])(?=[=+\-@\uff1d\uff0b\uff0d\uff20])/g;
