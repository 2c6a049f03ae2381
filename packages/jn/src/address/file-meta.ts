import { basename, dirname, extname } from "node:path";
import type { Transcoder } from "@jn/wire";
import { recordLines } from "../formats/ndjson/record-lines.ts";
import { badData } from "../jn-error.ts";
import { eachKey } from "../json/object-keys.ts";
import { checkRecord } from "../json/record-check.ts";
import type { PluginContext } from "../plugins/plugin.ts";

/**
 * Puts in front of each record where it comes from: `_path`, `_dir`, `_filename`, `_basename` (without extension), `_ext`,
 * `_file_index` and `_line_index` (both from 0). A record that is no object becomes the field `value`.
 *
 * @throws JnError `BAD_DATA` for a record that has one of these fields already
 */
export function fileMeta(path: string, fileIndex: number, context: PluginContext): Transcoder {
  const extension = extname(path);
  const known = {
    _path: path,
    _dir: dirname(path),
    _filename: basename(path),
    _basename: basename(path, extension),
    _ext: extension.slice(1),
    _file_index: fileIndex,
  };
  const taken = new Set([...Object.keys(known), "_line_index"]);
  const start = Buffer.from(`${JSON.stringify(known).slice(0, -1)},"_line_index":`);
  let count = 0;
  return recordLines({ ...context, source: context.name }, (position) => ({
    record(bytes, lineStart, valueStart, out) {
      const end = checkRecord(bytes, lineStart, valueStart, position);
      const isObject = bytes[valueStart] === OPEN_BRACE;
      let keys = 0;
      if (isObject) {
        eachKey(bytes, valueStart, (key) => {
          keys++;
          if (taken.has(key)) throw badData({ ...position }, `the record has a field ${key} already; leave out --meta`);
        });
      }
      const lead = Buffer.from(`${count++}${isObject ? (keys === 0 ? "" : ",") : ',"value":'}`);
      out.append(start, 0, start.length);
      out.append(lead, 0, lead.length);
      out.append(bytes, isObject ? valueStart + 1 : valueStart, end);
      const close = isObject ? NEWLINE : CLOSE;
      out.append(close, 0, close.length);
      out.commit();
      return end;
    },
  }));
}

const OPEN_BRACE = 123;
const NEWLINE = Buffer.from("\n");
const CLOSE = Buffer.from("}\n");
