import { count, duration, element, testsText, visible } from "./element.ts";
import type { PageRun, PastRun } from "./page-data.ts";

const SVG = "http://www.w3.org/2000/svg";

/** What happened, in a few lines: at the top of the page. */
export function summary(run: PageRun): readonly Node[] {
  const { id, state, command, runners, started, ms, exitCode, counts, errors, whole, journal, problems, history } = run;
  const bad = (counts["fail"] ?? 0) + (counts["error"] ?? 0) + (counts["crashed"] ?? 0) + errors;
  const total = Object.entries(counts).reduce((sum, [status, value]) => (status === "flaky" ? sum : sum + value), 0);
  const verdict =
    state === "RUNNING"
      ? "running"
      : bad > 0
        ? "failed"
        : state === "COMPLETED" && exitCode === 0
          ? "passed"
          : state.toLowerCase();
  const facts = [
    ...(ms === undefined ? [] : [duration(ms)]),
    ...(started === undefined ? [] : [new Date(started).toISOString().slice(0, 16).replace("T", " ")]),
    ...runners.map(visible),
    visible(command),
    id,
  ];
  return [
    element(
      "div",
      { class: "headline" },
      element("h1", {}, element("span", { class: `verdict ${verdict}` }, verdict), ` ${testsText(total)}`),
      sparkline(history),
    ),
    bar(counts, total),
    element("p", { class: "facts" }, facts.join(" · ")),
    element(
      "p",
      { class: whole || state === "RUNNING" ? "journal" : "journal torn" },
      `Journal ${whole ? "whole" : state === "RUNNING" ? "so far" : "NOT WHOLE"}: ${journal}`,
      ...(state === "RUNNING"
        ? []
        : problems.map((problem) => element("span", { class: "problem" }, visible(problem)))),
    ),
  ];
}

/** Shares of the verdicts. */
function bar(counts: Readonly<Record<string, number>>, total: number): HTMLElement {
  const parts = ["fail", "error", "crashed", "pass", "xpass", "xfail", "todo", "skip"].flatMap((status) => {
    const value = counts[status] ?? 0;
    if (value === 0) return [];
    const part = element("span", { class: `part ${status}`, title: `${status}: ${count(value)}` });
    part.style.flexGrow = String(value / Math.max(1, total));
    return [part];
  });
  return element("div", { class: "bar", "aria-hidden": "true" }, ...parts);
}

/** The runs of the same command: height is time, red is the share that failed. */
function sparkline(history: readonly PastRun[]): Node {
  if (history.length < 2) return document.createTextNode("");
  const longest = Math.max(1, ...history.map(({ ms }) => ms ?? 0));
  const [barPx, heightPx] = [8, 40];
  const svg = document.createElementNS(SVG, "svg");
  const failing = history.filter(({ failed }) => failed > 0).length;
  const label = `The last ${history.length} runs: ${failing} with failures`;
  const attributes = {
    class: "sparkline",
    role: "img",
    "aria-label": label,
    width: history.length * barPx,
    height: heightPx,
  };
  for (const [name, value] of Object.entries(attributes)) svg.setAttribute(name, String(value));
  for (const [index, run] of history.entries()) {
    const height = Math.max(3, ((run.ms ?? 0) / longest) * (heightPx - 2));
    const bad = run.failed === 0 ? 0 : Math.max(2, (run.failed / Math.max(1, run.tests)) * height);
    const rectangle = (name: string, y: number, tall: number): SVGElement => {
      const made = document.createElementNS(SVG, "rect");
      const values = { class: name, x: index * barPx, y, width: barPx - 2, height: tall };
      for (const [attribute, value] of Object.entries(values)) made.setAttribute(attribute, String(value));
      return made;
    };
    const title = document.createElementNS(SVG, "title");
    title.textContent = `${run.id}: ${testsText(run.tests)}, ${count(run.failed)} failed, ${duration(run.ms ?? Number.NaN)}`;
    const group = document.createElementNS(SVG, "g");
    group.append(title, rectangle("good", heightPx - height, height), rectangle("bad", heightPx - bad, bad));
    svg.append(group);
  }
  return svg;
}
