import type { Transcoder } from "@jn/wire";
import { RawJson } from "../../json/value-text.ts";
import { tooLong } from "../record-length.ts";
import { type Emit, textReader, type TextSourceOptions } from "../text-reader.ts";
import { yamlDocuments } from "./yaml-documents.ts";
import { type YamlPiece, YamlPieces } from "./yaml-pieces.ts";
import { YamlCollection, yamlJson } from "./yaml-schema.ts";

/**
 * YAML to NDJSON, one document at a time, or one element of an array at the top of a document. An array at the top of a document is its
 * elements; any other document is one record. Merge keys (`<<`) are understood; tags of other languages are passed over. Numbers keep
 * their digits.
 *
 * @throws JnError `BAD_DATA` with the line and column
 */
export function yamlReader(options: TextSourceOptions): Transcoder {
  const { source, maxRecordBytes } = options;
  const pieces = new YamlPieces();
  const documents = yamlDocuments(source, maxRecordBytes);
  /** Reads many small pieces at once, which is quicker; where one of them is bad, those before it are read all the same. */
  const readAll = (batch: readonly YamlPiece[], emit: Emit): void => {
    if (batch.length === 0) return;
    let values;
    try {
      values = documents(batch.map((piece) => piece.text).join(""), batch[0]!.line);
    } catch (error) {
      if (batch.length === 1) throw error;
      for (const piece of batch) readAll([piece], emit);
      return;
    }
    handOn(values, emit);
  };
  const take = (all: Iterable<YamlPiece>, emit: Emit): void => {
    let batch: YamlPiece[] = [];
    let length = 0;
    for (const piece of all) {
      // What aliases may grow to is measured by their own piece.
      if (piece.hasAnchors || length > BATCH_CHARACTERS) {
        readAll(batch, emit);
        batch = [];
        length = 0;
      }
      if (piece.hasAnchors) readAll([piece], emit);
      else {
        batch.push(piece);
        length += piece.text.length;
      }
    }
    readAll(batch, emit);
  };
  return textReader(options, {
    push(text, emit) {
      take(pieces.push(text), emit);
      if (pieces.length > maxRecordBytes) throw tooLong(source, maxRecordBytes);
    },
    end(emit) {
      take(pieces.end(), emit);
    },
  });
}

function handOn(values: readonly unknown[], emit: Emit): void {
  for (const value of values) {
    const elements = value instanceof YamlCollection ? value.elements : undefined;
    for (const json of elements ?? [yamlJson(value)]) emit(new RawJson(json));
  }
}

const BATCH_CHARACTERS = 32 * 1024;
