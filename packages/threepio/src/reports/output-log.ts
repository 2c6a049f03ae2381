import { existsSync } from "node:fs";
import { join } from "node:path";
import { AtomicFile, descriptorSink, LineSplitter, openSource } from "@jn/wire";

/** What people read. */
export const OUTPUT_LOG = "output.log";

/**
 * Makes output.log out of a stream of events that people cannot read.
 *
 * @param textOf what a line of the stream printed
 * @throws WireError `IO`
 */
export function writeOutputLog(folder: string, stream: string, textOf: (line: string) => string): void {
  const path = join(folder, stream);
  if (!existsSync(path)) return;
  const file = AtomicFile.open(join(folder, OUTPUT_LOG));
  try {
    const sink = descriptorSink(file.fd, file.path);
    const splitter = new LineSplitter((bytes, start, end) => {
      for (const line of bytes.toString("utf8", start, end - 1).split("\n")) {
        const text = Buffer.from(textOf(line));
        sink.append(text, 0, text.length);
        sink.commit();
      }
    });
    const source = openSource(path);
    for (let chunk = source.read(); chunk !== undefined; chunk = source.read()) splitter.push(chunk);
    splitter.end();
    source.close();
    sink.flush();
    file.commit({ isDurable: false });
  } finally {
    file.discard();
  }
}
