import { stripVTControlCharacters } from "node:util";
import { visible } from "@jn/wire";
import type { OutputPiece } from "../journal/event.ts";
import { type FullRecord, titleOf } from "../model/result-record.ts";
import { duration, oneLine } from "../reports/markdown.ts";

/** A result for people, on a terminal. */
export function resultText(record: FullRecord, again: string | undefined): string {
  const { id, status, flaky, ms, place, reason, message, stack, expected, actual, output = [], tries = [] } = record;
  const lines = [
    `${(flaky ? "flaky" : status).toUpperCase()} ${oneLine(titleOf(record))}`,
    `id: ${id}${ms === undefined ? "" : `; ${duration(ms)}`}; by ${oneLine(record.worker)}`,
    ...(place === undefined ? [] : [`at: ${oneLine(place)}`]),
    ...(reason === undefined ? [] : [`reason: ${oneLine(reason)}`]),
    ...(again === undefined ? [] : [`again: ${oneLine(again)}`]),
  ];
  for (const [index, tried] of tries.entries()) {
    const took = tried.ms === undefined ? "" : `, ${duration(tried.ms)}`;
    lines.push("", `attempt ${index + 1}: ${tried.status}${took}`, ...block(tried.stack ?? tried.message ?? ""));
    lines.push(...outputLines(tried.output ?? []));
  }
  if (message !== undefined) {
    lines.push("", ...block(stack === undefined ? message : stack.includes(message) ? stack : `${message}\n${stack}`));
  }
  if (expected !== undefined || actual !== undefined) {
    lines.push("", "expected:", ...block(expected ?? ""), "actual:", ...block(actual ?? ""));
  }
  lines.push(...outputLines(output));
  return `${lines.join("\n")}\n`;
}

function outputLines(output: readonly OutputPiece[]): string[] {
  return output.flatMap(({ stream, text }) => ["", `${oneLine(stream)}:`, ...block(text)]);
}

/** Text of a test, indented, without anything that could drive a terminal. */
function block(text: string): string[] {
  return stripVTControlCharacters(text)
    .trimEnd()
    .split("\n")
    .map((line) => `  ${visible(line.replaceAll("\t", "    "))}`);
}
