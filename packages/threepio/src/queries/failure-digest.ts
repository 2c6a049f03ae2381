import { stripVTControlCharacters } from "node:util";
import { visible } from "@jn/wire";
import { causeOf, titleOf } from "../model/result-record.ts";
import { oneLine } from "../reports/markdown.ts";
import type { FailureCluster, FailureClusters } from "./failure-clusters.ts";
import { ownFrames } from "./top-frame.ts";

/**
 * Failures for a reader with little room: each cause once, the most frequent first. Every cause gets its line before any gets
 * its stack; what does not fit is counted.
 *
 * @param budget characters at most
 */
export function failureDigest({ failures, clusters, beyond }: FailureClusters, budget: number): string {
  if (failures === 0) return "no failures\n";
  const head = `${failures} ${failures === 1 ? "failure" : "failures"}, ${clusters.length} ${clusters.length === 1 ? "cause" : "causes"}${beyond > 0 ? " and more" : ""}\n`;
  const shown: string[] = [];
  let room = budget - head.length - REST_LENGTH;
  let left = failures;
  for (const [index, cluster] of clusters.entries()) {
    const line = brief(cluster, index + 1);
    if (line.length > room) break;
    shown.push(line);
    room -= line.length;
    left -= cluster.count;
  }
  for (const level of [middle, full]) {
    for (const [index, text] of shown.entries()) {
      const more = level(clusters[index]!, index + 1);
      if (more.length - text.length > room) continue;
      room -= more.length - text.length;
      shown[index] = more;
    }
  }
  const rest = left > 0 ? `... and ${left} more; see 3pio failures --json, or a larger --budget\n` : "";
  return `${head}${shown.join("")}${rest}`.slice(0, budget);
}

/** Room for the last line. */
const REST_LENGTH = 80;
const MAX_LINE = 160;
const MAX_LINES = 12;

function brief({ count, first, frame }: FailureCluster, number: number): string {
  const where = frame === undefined ? "" : ` at ${oneLine(frame)}`;
  return `\n${number}. ${count === 1 ? "" : `${count} times: `}${line(causeOf(first) ?? first.status)}${where}\n   ${first.id} ${line(titleOf(first))}\n`;
}

function middle(cluster: FailureCluster, number: number): string {
  const { first, again, others, count } = cluster;
  const values =
    first.expected === undefined && first.actual === undefined
      ? ""
      : `${indented(`expected: ${first.expected}`, 4)}${indented(`actual: ${first.actual}`, 4)}`;
  const names = others.map((other) => `   ${other.id} ${line(titleOf(other))}\n`).join("");
  const more = count - 1 - others.length;
  return (
    `${brief(cluster, number)}${names}${more > 0 ? `   ... and ${more} more\n` : ""}${values}` +
    (again === undefined ? "" : `   again: ${oneLine(again)}\n`)
  );
}

function full(cluster: FailureCluster, number: number): string {
  const { message = "", stack, output = [] } = cluster.first;
  const own = stack === undefined ? undefined : ownFrames(stack);
  const text = own === undefined ? message : own.includes(message) ? own : `${message}\n${own}`;
  const printed = output
    .map(({ stream, text: piece }) => `   ${oneLine(stream)}:\n${indented(piece, MAX_LINES)}`)
    .join("");
  return `${middle(cluster, number)}${indented(text, MAX_LINES)}${printed}`;
}

function line(text: string): string {
  const shown = oneLine(text);
  return shown.length > MAX_LINE ? `${shown.slice(0, MAX_LINE)}...` : shown;
}

/** The first lines of a text, without anything that could drive a terminal. */
function indented(text: string, maxLines: number): string {
  const lines = stripVTControlCharacters(text).trim().split("\n");
  const rest = lines.length - maxLines;
  const shown = lines
    .slice(0, maxLines)
    .map((one) => `     ${visible(one.replaceAll("\t", "  ")).slice(0, MAX_LINE)}\n`);
  return `${shown.join("")}${rest > 0 ? `     ... ${rest} more lines\n` : ""}`;
}
