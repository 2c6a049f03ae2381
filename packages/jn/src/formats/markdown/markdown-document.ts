import type { Transcoder } from "@jn/wire";
import { parse } from "yaml";
import { textReader, type TextSourceOptions, wholeText } from "../text-reader.ts";

/** A page of Markdown as one record: its front matter, YAML between `---` at the very beginning (null without), and its text. */
export function markdownDocument(options: TextSourceOptions): Transcoder {
  const parser = wholeText(options, (text, emit) => {
    const [whole = "", matter] = /^---[ \t]*\r?\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\r?\n|$)/ms.exec(text) ?? [];
    const frontmatter: unknown = matter === undefined ? null : parse(matter, { intAsBigInt: true, maxAliasCount: 100 });
    emit({ frontmatter, content: text.slice(whole.length) });
  });
  return textReader(options, parser);
}
