import type { Transcoder } from "@jn/wire";
import { RawJson } from "../../json/value-text.ts";
import { textReader, type TextSourceOptions, wholeText } from "../text-reader.ts";
import { yamlDocuments } from "../yaml/yaml-documents.ts";
import { yamlJson } from "../yaml/yaml-schema.ts";

/** A page of Markdown as one record: its front matter, YAML between `---` at the very beginning (null without), and its text. */
export function markdownDocument(options: TextSourceOptions): Transcoder {
  const documents = yamlDocuments(options.source, options.maxRecordBytes);
  const parser = wholeText(options, (text, emit) => {
    const [whole = "", matter = ""] = /^---[ \t]*\r?\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\r?\n|$)/ms.exec(text) ?? [];
    const [frontmatter = null] = documents(matter, 1);
    emit({ frontmatter: new RawJson(yamlJson(frontmatter)), content: text.slice(whole.length) });
  });
  return textReader(options, parser);
}
