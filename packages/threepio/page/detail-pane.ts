import { duration, element, visible, visibleBlock } from "./element.ts";
import { lineDiff } from "./line-diff.ts";
import type { PageDetail, PageOutput } from "./page-data.ts";
import { pathOf, type Results, STATUSES } from "./results.ts";

/** Everything about one result. */
export function detailPane(results: Results, index: number, detail: PageDetail | undefined): readonly Node[] {
  const status = STATUSES[results.status[index]!]!;
  const id = results.ids.get(index);
  const path = pathOf(results, index);
  const nodes: Node[] = [
    element("h2", {}, visible(path.at(-1)!)),
    element("p", { class: "path" }, path.slice(0, -1).map(visible).join(" › ")),
    facts([
      ["status", element("span", { class: `status ${status}` }, status)],
      ["time", duration(results.ms[index]!)],
      ["by", visible(results.workers[results.worker[index]!] ?? "")],
      ["at", visible(detail?.place ?? "")],
      ["reason", visible(detail?.reason ?? "")],
      ["id", id ?? ""],
    ]),
  ];
  if (detail?.before !== undefined) nodes.push(pastStatuses(detail.before));
  if (detail?.again !== undefined) nodes.push(block("Run it again", detail.again));
  if (detail === undefined) {
    if (id !== undefined)
      nodes.push(
        element("p", { class: "note" }, `What it says is not in this page, which has no room for all: 3pio show ${id}`),
      );
    return nodes;
  }
  for (const [at, { status: tried, ms, message, stack, output }] of (detail.tries ?? []).entries()) {
    const took = ms === undefined ? "" : `, ${duration(ms)}`;
    nodes.push(block(`Attempt ${at + 1}: ${tried}${took}`, stack ?? message ?? ""), ...outputBlocks(output));
  }
  const { message, stack, expected, actual } = detail;
  if (message !== undefined || stack !== undefined) {
    const text = stack === undefined ? message! : stack.includes(message ?? "") ? stack : `${message}\n${stack}`;
    nodes.push(block("Message", text));
  }
  if (expected !== undefined || actual !== undefined) nodes.push(diffBlock(expected ?? "", actual ?? ""));
  return [...nodes, ...outputBlocks(detail.output)];
}

function facts(list: readonly (readonly [name: string, value: Node | string])[]): HTMLElement {
  const shown = list.filter(([, value]) => value !== "");
  return element(
    "dl",
    {},
    ...shown.map(([name, value]) => element("div", {}, element("dt", {}, name), element("dd", {}, value))),
  );
}

function outputBlocks(output: readonly PageOutput[] = []): readonly Node[] {
  return output.map(({ stream, text }) => block(`Output (${visible(stream)})`, text));
}

function block(title: string, text: string): HTMLElement {
  return element(
    "section",
    {},
    element("h3", {}, title),
    element("pre", { tabindex: "0", role: "region", "aria-label": title }, visibleBlock(text)),
  );
}

function diffBlock(expected: string, actual: string): HTMLElement {
  const lines = lineDiff(expected, actual).map(({ side, text }) => {
    const sign = side === "expected" ? "- " : side === "actual" ? "+ " : "  ";
    return element("span", { class: `line ${side}` }, `${sign}${visibleBlock(text)}\n`);
  });
  const title = "Difference: - expected, + actual";
  return element(
    "section",
    {},
    element("h3", {}, title),
    element("pre", { class: "diff", tabindex: "0", role: "region", "aria-label": title }, ...lines),
  );
}

function pastStatuses(before: readonly string[]): HTMLElement {
  const marks = before.map((status) => element("span", { class: `past ${status}`, title: status }));
  const bad = before.filter((status) => BAD.has(status)).length;
  return element(
    "p",
    { class: "pasts" },
    `Before, failed in ${bad} of ${before.length} runs: `,
    element("span", { "aria-hidden": "true" }, ...marks),
  );
}

const BAD = new Set(["fail", "error", "crashed"]);
