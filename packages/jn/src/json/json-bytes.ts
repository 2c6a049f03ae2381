/** The bytes that have a meaning in JSON. */
export const TAB = 9;
export const NEWLINE = 10;
export const CARRIAGE_RETURN = 13;
export const SPACE = 32;
export const QUOTE = 34;
export const COMMA = 44;
export const COLON = 58;
export const OPEN_BRACKET = 91;
export const BACKSLASH = 92;
export const CLOSE_BRACKET = 93;
export const OPEN_BRACE = 123;
export const CLOSE_BRACE = 125;

/** 1 for the bytes at which a run of ordinary string content ends: the quote, the backslash, control characters. */
export const ENDS_PLAIN_RUN: Uint8Array = new Uint8Array(256).fill(1, 0, SPACE);
ENDS_PLAIN_RUN[QUOTE] = 1;
ENDS_PLAIN_RUN[BACKSLASH] = 1;

/** 1 for every byte that a number or word may have; whether it is a right one is checked when it ends. */
export const IS_SCALAR: Uint8Array = new Uint8Array(256);
for (const byte of Buffer.from("+-.0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_"))
  IS_SCALAR[byte] = 1;
