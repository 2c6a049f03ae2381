import type { Transcoder } from "@jn/wire";
import { badData } from "../../jn-error.ts";
import { valueText } from "../../json/value-text.ts";
import { byteLines } from "../byte-lines.ts";
import type { TextSourceOptions } from "../text-reader.ts";
import { appendUsual } from "./access-line.ts";

/**
 * Lines of the Common Log Format, or the Combined one (Apache's mod_log_config), as records `host, ident, user, time, request, method,
 * path, protocol, status, bytes` and perhaps `referer, agent`. `-` is null; the time is ISO text with its own offset. Of a request that is
 * no HTTP request line, method, path and protocol are null.
 *
 * @throws JnError `BAD_DATA` with the line
 */
export function accessLogReader(options: TextSourceOptions): Transcoder {
  const { source } = options;
  return byteLines(options, (text, view, start, end, number, out) => {
    const before = out.length;
    if (appendUsual(text, view, start, end, out)) {
      out.commit();
      return;
    }
    out.length = before;
    const line = text.toString("utf8", start, end);
    if (line.trim() === "") return;
    const found = LINE.exec(line);
    if (found === null) throw badData({ source, line: number }, "no line of the Common or Combined Log Format");
    const [, host, ident, user, time, request, status, bytes, referer, agent] = found;
    const [, method, path, protocol] = /^(\S+) (.*?)(?: (HTTP\/[\d.]+))?$/.exec(unescaped(request!)) ?? [];
    const record = {
      host,
      ident: known(ident),
      user: known(user),
      time: isoTime(time!) ?? time,
      request: known(unescaped(request!)),
      method: method ?? null,
      path: path ?? null,
      protocol: protocol ?? null,
      status: status === "-" ? null : Number(status),
      bytes: bytes === "-" ? null : Number(bytes),
      ...(referer !== undefined && { referer: known(unescaped(referer)), agent: known(unescaped(agent!)) }),
    };
    const json = Buffer.from(`${valueText(record)}\n`);
    out.append(json, 0, json.length);
    out.commit();
  });
}

function known(text: string | undefined): string | null {
  return text === undefined || text === "-" ? null : text;
}

function unescaped(text: string): string {
  return text.replaceAll(/\\(["\\])/g, "$1");
}

/** `10/Oct/2000:13:55:36 -0700` as `2000-10-10T13:55:36-07:00`. */
function isoTime(text: string): string | undefined {
  const [, day, month, year, clock, sign, hours, minutes] = TIME.exec(text) ?? [];
  const number = MONTHS.indexOf(month ?? "") + 1;
  if (number === 0) return undefined;
  return `${year}-${String(number).padStart(2, "0")}-${day}T${clock}${sign}${hours}:${minutes}`;
}

const QUOTED = String.raw`"((?:[^"\\]|\\.)*)"`;
const LINE = new RegExp(
  String.raw`^(\S+) (\S+) (.+?) \[([^\]]+)\] ${QUOTED} (\d{3}|-) (\d+|-)(?: ${QUOTED} ${QUOTED})?\s*$`,
);
const TIME = /^(\d\d)\/([A-Z][a-z]{2})\/(\d{4}):(\d\d:\d\d:\d\d) ([+-])(\d\d)(\d\d)$/;
const MONTHS: readonly string[] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
