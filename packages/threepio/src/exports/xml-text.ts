/** Text of an element. Characters that XML 1.0 cannot have, terminal sequences among them, are shown as `\u001b`. */
export function xmlText(text: string): string {
  if (PLAIN.test(text)) return text;
  return text
    .replaceAll(IMPOSSIBLE, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll("\r", "&#13;");
}

/** Value of an attribute between double quotes; its line ends and tabs stay what they are. */
export function xmlAttribute(text: string): string {
  return xmlText(text).replaceAll('"', "&quot;").replaceAll("\n", "&#10;").replaceAll("\t", "&#9;");
}

const PLAIN = /^[ !#-%'-;=?-~]*$/;
/** What is no Char of XML 1.0 (2.2), and halves of characters. */
// oxlint-disable-next-line eslint/no-control-regex -- control characters are what it looks for
const IMPOSSIBLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu;
