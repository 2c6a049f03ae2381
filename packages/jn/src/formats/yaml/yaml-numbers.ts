/**
 * The JSON text of what YAML's core schema (YAML 1.2.2, section 10.3.2) takes for a number; undefined when the text is none. The digits
 * stay as they are; what JSON does not have (a plus, zeros in front, a point without digits beside it) is left out or filled in.
 */
export function numberJson(text: string): string | undefined {
  if (SHORT_INTEGER.test(text)) return text;
  const { prefixed, sign, decimal, infinity, nan } = NUMBER.exec(text)?.groups ?? {};
  if (prefixed !== undefined) return String(BigInt(prefixed));
  const minus = sign === "-" ? "-" : "";
  if (infinity !== undefined) return `"${minus}Infinity"`;
  if (nan !== undefined) return '"NaN"';
  if (decimal === undefined) return undefined;
  const [, whole = "", point = "", exponent = ""] = /^(\d*)(?:\.(\d*))?(.*)$/.exec(decimal)!;
  return `${minus}${whole.replace(/^0+(?=\d)/, "") || "0"}${point === "" ? "" : `.${point}`}${exponent}`;
}

/** Its text is its JSON. */
const SHORT_INTEGER = /^-?(?:0|[1-9]\d{0,14})$/;
const NUMBER =
  /^(?:(?<prefixed>0o[0-7]+|0x[0-9a-fA-F]+)|(?<sign>[-+]?)(?:(?<decimal>(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?)|(?<infinity>\.(?:inf|Inf|INF)))|(?<nan>\.(?:nan|NaN|NAN)))$/;
