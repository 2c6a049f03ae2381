/**
 * Numbers as jq writes them in texts: a literal in the scientific notation of the decimal arithmetic that jq uses (General
 * Decimal Arithmetic, to-scientific-string), a calculated one as David Gay's g_fmt does, with two digits of exponent.
 */
export function literalText(text: string): string {
  const match = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text);
  if (match === null) return text;
  const [, sign = "", whole = "", fraction = "", written = "0"] = match;
  const digits = (whole + fraction).replace(/^0+(?=\d)/, "");
  const exponent = Number(written) - fraction.length;
  const adjusted = exponent + digits.length - 1;
  if (exponent <= 0 && adjusted >= -6) return sign + positional(digits, digits.length + exponent);
  const rest = digits.length > 1 ? `.${digits.slice(1)}` : "";
  return `${sign}${digits[0]}${rest}E${adjusted < 0 ? "-" : "+"}${Math.abs(adjusted)}`;
}

/** @param value finite */
export function calculatedText(value: number): string {
  const size = Math.abs(value);
  if (isPlainSize(size)) return Object.is(value, -0) ? "-0" : String(value);
  const [mantissa = "", written = "0"] = size.toExponential().split("e");
  const digits = mantissa.replace(".", "");
  const exponent = Number(written);
  const sign = value < 0 ? "-" : "";
  if (exponent >= -4 && exponent < digits.length + 15) return sign + positional(digits, exponent + 1);
  return `${sign}${mantissa}e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
}

/**
 * Whether a number of this size is written without an exponent. It may be a literal as well as calculated, and jq writes
 * a literal as it was: for 100000000000000000 that is right, where jq has 1e+17 for a product.
 */
export function isPlainSize(size: number): boolean {
  return size === 0 || (size >= 1e-6 && size < 1e21);
}

/** The digits with a point after the first `before` of them. */
function positional(digits: string, before: number): string {
  if (before <= 0) return `0.${"0".repeat(-before)}${digits}`;
  if (before >= digits.length) return digits + "0".repeat(before - digits.length);
  return `${digits.slice(0, before)}.${digits.slice(before)}`;
}
