/** A byte for a message: the character where it can be seen, else its value. */
export function shownByte(byte: number): string {
  const isVisible = byte > 32 && byte < 127;
  return isVisible ? `'${String.fromCharCode(byte)}'` : `byte 0x${byte.toString(16).padStart(2, "0")}`;
}
