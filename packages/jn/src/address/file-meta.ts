import { basename, dirname, extname } from "node:path";
import type { Transcoder } from "@jn/wire";
import { leadingFields } from "../formats/ndjson/leading-fields.ts";
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
  const start = `${JSON.stringify(known).slice(1, -1)},"_line_index":`;
  let count = 0;
  return leadingFields(
    {
      names: new Set([...Object.keys(known), "_line_index"]),
      next: () => Buffer.from(`${start}${count++}`),
      remedy: "leave out --meta",
    },
    { ...context, source: context.name },
  );
}
