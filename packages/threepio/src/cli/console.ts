import { writeDescriptor } from "@jn/wire";

/** Writes to standard output without process.stdout, which would make a shared descriptor non-blocking. */
export function print(text: string): void {
  const bytes = Buffer.from(text);
  writeDescriptor(1, "standard output", bytes, 0, bytes.length);
}

/** Writes a line to standard error. Never throws: when nobody listens, the exit code still tells. */
export function complain(message: string): void {
  const bytes = Buffer.from(`${message}\n`);
  try {
    writeDescriptor(2, "standard error", bytes, 0, bytes.length);
  } catch {
    // Nobody is listening.
  }
}
