/** A decimal with `scale` digits after the point. */
export function decimalText(value: bigint, scale: number): string {
  const sign = value < 0n ? "-" : "";
  const digits = String(value < 0n ? -value : value).padStart(scale + 1, "0");
  return scale <= 0
    ? `${sign}${digits}${"0".repeat(-scale)}`
    : `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

/** Two's complement, the first byte the most significant one. */
export function bigEndian(bytes: Uint8Array): bigint {
  if (bytes.length === 0) return 0n;
  return BigInt.asIntN(8 * bytes.length, BigInt(`0x${Buffer.from(bytes).toString("hex")}`));
}

/** Time since 1970 in units of 10 to the minus `digits` of a second, as ISO text with all of these digits. */
export function timeText(time: bigint, digits: number): string | bigint {
  const perSecond = 10n ** BigInt(digits);
  const part = ((time % perSecond) + perSecond) % perSecond;
  const date = new Date(Number(((time - part) / perSecond) * 1000n));
  if (Number.isNaN(date.getTime())) return time;
  return `${date.toISOString().slice(0, -4)}${String(part).padStart(digits, "0")}Z`;
}
