/** A number that a double would change, kept as its text: a long id, a long fraction, `1.0`, `1e1000`. */
export class ExactNumber {
  readonly text: string;
  readonly double: number;

  private constructor(text: string, double: number) {
    this.text = text;
    this.double = double;
  }

  /** The number that a JSON number text stands for: a double if that prints as the same text, else exact. */
  static parse(text: string): number | ExactNumber {
    const double = Number(text);
    if (String(double) === text) return double;
    // An exponent that jq's decimal arithmetic has no room for: infinite, or nothing.
    return /[eE][+-]?0*[1-9]\d{9}/.test(text) ? double : new ExactNumber(text, double);
  }

  /** The number of a literal in a filter, which may be written as JSON has no numbers: `.5`, `1.`, `007`. */
  static ofLiteral(text: string): number | ExactNumber {
    return ExactNumber.parse(
      text
        .replace(/^0+(?=\d)/, "")
        .replace(/^\./, "0.")
        .replace(/\.(?=[eE]|$)/, ""),
    );
  }

  /** An integer; a double if it is small enough for one. */
  static ofInteger(value: bigint): number | ExactNumber {
    const double = Number(value);
    return Number.isSafeInteger(double) ? double : new ExactNumber(value.toString(), double);
  }

  /** The value as an integer of any size, or undefined when it is none that is written plainly. */
  static integer(value: number | ExactNumber): bigint | undefined {
    if (typeof value === "number") return Number.isInteger(value) ? BigInt(value) : undefined;
    return PLAIN_INTEGER.test(value.text) ? BigInt(value.text) : undefined;
  }

  /** By exact value where both are integers, else as doubles. */
  static compare(left: number | ExactNumber, right: number | ExactNumber): number {
    const a = typeof left === "number" ? left : left.double;
    const b = typeof right === "number" ? right : right.double;
    if (a < b) return -1;
    if (a > b) return 1;
    if (Number.isSafeInteger(a) || a !== b) return Number.isNaN(a) ? -1 : Number.isNaN(b) ? 1 : 0;
    const exactLeft = ExactNumber.integer(left);
    const exactRight = ExactNumber.integer(right);
    if (exactLeft === undefined || exactRight === undefined || exactLeft === exactRight) return 0;
    return exactLeft < exactRight ? -1 : 1;
  }
}

/** Up to 1,000 digits: what arithmetic on integers accepts. */
const PLAIN_INTEGER = /^-?\d{1,1000}$/;
