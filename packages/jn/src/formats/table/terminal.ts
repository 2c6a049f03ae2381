import { closeSync, openSync } from "node:fs";
import { isatty, WriteStream } from "node:tty";

/** How wide the terminal is that standard output is (0: it is none), and whether it wants colours. */
export function terminal(): { readonly width: number; readonly color: boolean } {
  if (!isatty(1)) return { width: 0, color: false };
  const color = process.env["NO_COLOR"] === undefined && process.env["TERM"] !== "dumb";
  return { width: columnsOfTerminal(), color };
}

/** Asked of a terminal of our own: the streams that we share stay as they are. */
function columnsOfTerminal(): number {
  try {
    const fd = openSync("/dev/tty", "r+");
    try {
      const stream = new WriteStream(fd);
      const { columns } = stream;
      stream.destroy();
      return columns;
    } catch {
      closeSync(fd);
      return 0;
    }
  } catch {
    return 0;
  }
}
