import { count, duration, element, share, visible } from "./element.ts";
import { pathOf, type Results } from "./results.ts";

const SHOWN = 100;

/** The tests that took longest. */
export function slowTests(results: Results, select: (index: number) => void): readonly Node[] {
  const slowest = slowestOf(results);
  if (slowest.length === 0) return [element("p", {}, "No test says how long it took.")];
  const total = results.ms.reduce((sum, ms) => (Number.isNaN(ms) ? sum : sum + ms), 0);
  const shown = slowest.reduce((sum, at) => sum + results.ms[at]!, 0);
  const rows = slowest.map((at) => {
    const button = element("button", { type: "button", class: "link" }, visible(pathOf(results, at).join(" › ")));
    button.addEventListener("click", () => select(at));
    return element(
      "tr",
      {},
      element("td", { class: "number" }, duration(results.ms[at]!)),
      element("td", { class: "number" }, share(results.ms[at]!, total)),
      element("td", {}, button),
    );
  });
  const heads = ["time", "of all", "test"].map((head) => element("th", { scope: "col" }, head));
  const sum = `${count(slowest.length)} of ${count(results.count)} tests took ${duration(shown)} of ${duration(total)}: ${share(shown, total)}.`;
  return [
    element("p", {}, sum),
    element("table", {}, element("thead", {}, element("tr", {}, ...heads)), element("tbody", {}, ...rows)),
  ];
}

function slowestOf({ ms, count }: Results): readonly number[] {
  let kept: number[] = [];
  let least = 0;
  for (let at = 0; at < count; at++) {
    if (!(ms[at]! > least)) continue;
    kept.push(at);
    if (kept.length < 4 * SHOWN) continue;
    kept = kept.toSorted((left, right) => ms[right]! - ms[left]!).slice(0, SHOWN);
    least = ms[kept.at(-1)!]!;
  }
  return kept.toSorted((left, right) => ms[right]! - ms[left]!).slice(0, SHOWN);
}
