/** The functions of C's math.h that JavaScript lacks. Exact where that is simple, else to about 14 digits. */

/** The mantissa, from 0.5 on and less than 1, and the power of two. */
export function frexp(x: number): readonly [mantissa: number, exponent: number] {
  if (x === 0 || !Number.isFinite(x)) return [x, 0];
  let exponent = Math.max(-1023, Math.floor(Math.log2(Math.abs(x))) + 1);
  let mantissa = ldexp(x, -exponent);
  while (Math.abs(mantissa) < 0.5) {
    mantissa *= 2;
    exponent--;
  }
  while (Math.abs(mantissa) >= 1) {
    mantissa /= 2;
    exponent++;
  }
  return [mantissa, exponent];
}

/** `x * 2 ** exponent`, in steps, so that no factor overflows. */
export function ldexp(x: number, exponent: number): number {
  let result = x;
  let left = Math.max(-2200, Math.min(2200, Math.trunc(exponent)));
  while (left > 1000) {
    result *= 2 ** 1000;
    left -= 1000;
  }
  while (left < -1000) {
    result *= 2 ** -1000;
    left += 1000;
  }
  return result * 2 ** left;
}

/** To the nearest integer, halves to the even one. */
export function roundToEven(x: number): number {
  const rounded = Math.round(x);
  return Math.abs(x % 1) === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}

/** IEEE 754's remainder: of the nearest multiple, the even one of two. */
export function remainder(x: number, y: number): number {
  if (!Number.isFinite(y) && Number.isFinite(x)) return x;
  const rest = x % (2 * y);
  const [size, half] = [Math.abs(rest), Math.abs(y)];
  const reduced = size + size > half ? (size + size >= 3 * half ? size - 2 * half : size - half) : size;
  const exact = size + size === half ? size : reduced;
  return rest < 0 || Object.is(rest, -0) ? -exact : exact;
}

/** The next double after `x` towards `y`. */
export function nextAfter(x: number, y: number): number {
  if (Number.isNaN(x) || Number.isNaN(y)) return Number.NaN;
  if (x === y) return y;
  if (x === 0) return y > 0 ? Number.MIN_VALUE : -Number.MIN_VALUE;
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, x);
  const bits = view.getBigInt64(0);
  view.setBigInt64(0, y > x === x > 0 ? bits + 1n : bits - 1n);
  return view.getFloat64(0);
}

/** The logarithm of the size of the gamma function (Lanczos 1964, coefficients of Godfrey for g = 607/128). */
export function logGamma(x: number): number {
  if (x <= 0 && Number.isInteger(x)) return Number.POSITIVE_INFINITY;
  if (!Number.isFinite(x)) return Number.isNaN(x) ? x : Number.POSITIVE_INFINITY;
  if (x < 0.5) return Math.log(Math.PI / Math.abs(Math.sin(Math.PI * x))) - logGamma(1 - x);
  if (Number.isInteger(x) && x < 23) return Math.log(factorial(x - 1));
  if (x > 1e6) return (x - 0.5) * Math.log(x) - x + HALF_LOG_2_PI + 1 / (12 * x);
  let sum = LANCZOS[0]!;
  for (let at = 1; at < LANCZOS.length; at++) sum += LANCZOS[at]! / (x - 1 + at);
  const shifted = x - 1 + LANCZOS_G + 0.5;
  return (x - 0.5) * Math.log(shifted) - shifted + HALF_LOG_2_PI + Math.log(sum);
}

export function signOfGamma(x: number): number {
  return x < 0 && Math.floor(x) % 2 !== 0 ? -1 : 1;
}

export function gamma(x: number): number {
  if (x < 0 && Number.isInteger(x)) return Number.NaN;
  if (x === 0) return 1 / x;
  if (Number.isInteger(x) && x < 172) return factorial(x - 1);
  if (x < 0.5) return Math.PI / (Math.sin(Math.PI * x) * gamma(1 - x));
  return Math.exp(logGamma(x));
}

function factorial(n: number): number {
  let product = 1;
  for (let factor = 2; factor <= n; factor++) product *= factor;
  return product;
}

/** The error function: its series near zero, else by its complement. */
export function erf(x: number): number {
  if (Math.abs(x) > 2) return Math.sign(x) * (1 - erfc(Math.abs(x)));
  let term = x;
  let sum = x;
  for (let n = 1; Math.abs(term) > 1e-18 * Math.abs(sum) && n < 200; n++) {
    term *= -(x * x) / n;
    sum += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}

/** The complement of the error function: its continued fraction, from far out inwards. */
export function erfc(x: number): number {
  if (x < 2) return 1 - erf(x);
  let fraction = 0;
  for (let n = 120; n > 0; n--) fraction = n / 2 / (x + fraction);
  return Math.exp(-x * x) / Math.sqrt(Math.PI) / (x + fraction);
}

/** The Bessel function of the first kind and integer order, by its integral, which the trapezoid rule does exactly. */
export function besselJ(order: number, x: number): number {
  const points = 60 + 2 * Math.ceil(Math.min(1e5, Math.abs(x)) + Math.abs(order));
  let sum = 0;
  for (let at = 0; at < points; at++) {
    const angle = (2 * Math.PI * at) / points;
    sum += Math.cos(order * angle - x * Math.sin(angle));
  }
  return sum / points;
}

/** The Bessel function of the second kind and integer order, by its integrals (DLMF 10.9.7). */
export function besselY(order: number, x: number): number {
  if (x === 0) return Number.NEGATIVE_INFINITY;
  if (!(x > 0)) return Number.NaN;
  const near = quadrature((angle) => Math.sin(x * Math.sin(angle) - order * angle), Math.PI);
  const parity = order % 2 === 0 ? 1 : -1;
  const end = Math.asinh((750 + 40 * Math.abs(order)) / x);
  const far = quadrature(
    (t) => (Math.exp(order * t) + parity * Math.exp(-order * t)) * Math.exp(-x * Math.sinh(t)),
    end,
  );
  return (near - far) / Math.PI;
}

/** The integral from 0 to `end` (Takahasi and Mori 1974, the tanh-sinh rule). */
function quadrature(f: (t: number) => number, end: number): number {
  const step = 1 / 64;
  let sum = 0;
  for (let k = -256; k <= 256; k++) {
    const t = k * step;
    const inner = (Math.PI / 2) * Math.sinh(t);
    const weight = ((Math.PI / 2) * Math.cosh(t)) / Math.cosh(inner) ** 2;
    if (weight > 0) sum += weight * f((end / 2) * (1 + Math.tanh(inner)));
  }
  return sum * step * (end / 2);
}

const HALF_LOG_2_PI = 0.918_938_533_204_672_7;
const LANCZOS_G = 607 / 128;
const LANCZOS: readonly number[] = [
  0.999_999_999_999_997_1, 57.156_235_665_862_92, -59.597_960_355_475_49, 14.136_097_974_741_746,
  -0.491_913_816_097_620_2, 0.339_946_499_848_118_9e-4, 0.465_236_289_270_485_8e-4, -0.983_744_753_048_795_6e-4,
  0.158_088_703_224_912_5e-3, -0.210_264_441_724_104_9e-3, 0.217_439_618_115_212_6e-3, -0.164_318_106_536_763_9e-3,
  0.844_182_239_838_527_4e-4, -0.261_908_384_015_814_1e-4, 0.368_991_826_595_316_2e-5,
];
