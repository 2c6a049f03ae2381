/** The same as `isTypedText`, quick for the usual number: up to 15 digits and no exponent. */
export function isTypedCell(bytes: Buffer, start: number, end: number): boolean {
  let at = bytes[start] === MINUS ? start + 1 : start;
  if (end - at > MAX_EXACT_DIGITS) return isTypedText(bytes, start, end);
  const whole = at;
  while (at < end && bytes[at]! >= ZERO && bytes[at]! <= NINE) at++;
  if (at === whole || (at - whole > 1 && bytes[whole] === ZERO)) return isTypedText(bytes, start, end);
  if (at === end) return true;
  if (bytes[at] !== DOT) return isTypedText(bytes, start, end);
  const fraction = ++at;
  while (at < end && bytes[at]! >= ZERO && bytes[at]! <= NINE) at++;
  return at > fraction && at === end ? true : isTypedText(bytes, start, end);
}

/**
 * Whether the text `bytes[start..end)` is more than text: a JSON number that a double holds without changing it, `true`
 * or `false`.
 */
export function isTypedText(bytes: Buffer, start: number, end: number): boolean {
  const first = bytes[start]!;
  if (first === LOWER_T) return end - start === 4 && startsWith(bytes, start, TRUE);
  if (first === LOWER_F) return end - start === 5 && startsWith(bytes, start, FALSE);
  if (first !== MINUS && (first < ZERO || first > NINE)) return false;
  return end - start <= MAX_NUMBER_BYTES && survivesDouble(bytes.toString("latin1", start, end));
}

/**
 * Whether the text is a number that lacks nothing but the zero before its point: `.5`, `-.5`. JSON has no such numbers, but with the zero
 * it is one, of the same value; as text it would compare as greater than every number.
 */
export function isBareFraction(bytes: Buffer, start: number, end: number): boolean {
  const dot = bytes[start] === MINUS ? start + 1 : start;
  if (dot >= end || bytes[dot] !== DOT || end - start > MAX_NUMBER_BYTES) return false;
  const text = bytes.toString("latin1", dot, end);
  return survivesDouble(`${dot > start ? "-" : ""}0${text}`);
}

/** Puts the zero before the point of such a number, which begins at `at + 1`; its sign moves to `at`. */
export function putZero(bytes: Uint8Array, at: number): void {
  if (bytes[at + 1] === MINUS) bytes[at++] = MINUS;
  bytes[at] = ZERO;
}

/**
 * Whether the text is a JSON number whose value a double holds: reading it and writing it again gives the same number.
 *
 * So `9007199254740993`, twenty-digit ids and `1e999` do not survive; `1.10`, `1e3` and `0.1` do.
 */
export function survivesDouble(text: string): boolean {
  if (!JSON_NUMBER.test(text)) return false;
  const value = Number(text);
  return Number.isFinite(value) && sameNumber(text, String(value));
}

function startsWith(bytes: Uint8Array, start: number, word: Uint8Array): boolean {
  for (let k = 1; k < word.length; k++) if (bytes[start + k] !== word[k]) return false;
  return true;
}

/** Compares two decimal texts as numbers, exactly: by their significant digits and the power of ten of the first one. */
function sameNumber(left: string, right: string): boolean {
  const a = normalForm(left);
  const b = normalForm(right);
  return a.digits === b.digits && (a.digits === "" || a.exponent === b.exponent);
}

function normalForm(text: string): { readonly digits: string; readonly exponent: number } {
  const [, whole = "", fraction = "", power = "0"] = PARTS.exec(text) ?? [];
  const all = whole + fraction;
  const digits = all.replace(/^0+/, "");
  return { digits: digits.replace(/0+$/, ""), exponent: whole.length + Number(power) - (all.length - digits.length) };
}

const JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const PARTS = /^-?(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;

/** No double needs more digits than this to be written exactly; longer text is no number for us. */
const MAX_NUMBER_BYTES = 800;

/** Every decimal number of up to 15 significant digits survives a double (C's DBL_DIG). */
const MAX_EXACT_DIGITS = 15;

const MINUS = 45;
const DOT = 46;
const ZERO = 48;
const NINE = 57;
const LOWER_F = 102;
const LOWER_T = 116;
const TRUE: Uint8Array = Buffer.from("true");
const FALSE: Uint8Array = Buffer.from("false");
