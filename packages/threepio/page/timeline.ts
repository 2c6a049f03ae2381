import { count, duration, element, testsText, visible } from "./element.ts";
import { pathOf, type Results, STATUSES } from "./results.ts";

const LANE_PX = 26;
const LABEL_PX = 170;
/** Lanes that are drawn; the longest at work come first. */
const MAX_LANES = 200;

/** When each worker was busy with what: a lane each, results as bars. */
export function timeline(results: Results, select: (index: number) => void): readonly Node[] {
  const lanes = lanesOf(results);
  const timed = lanes.flatMap(({ tests }) => tests);
  if (timed.length === 0) return [element("p", { class: "note" }, "The runner says nothing about when tests ran.")];
  let [first, last] = [Infinity, -Infinity];
  for (const at of timed) {
    first = Math.min(first, startOf(results, at));
    last = Math.max(last, results.end[at]!);
  }
  const span = Math.max(1, last - first);
  const canvas = element("canvas", {
    role: "img",
    "aria-label": `${testsText(timed.length)} of ${lanes.length} workers over ${duration(span)}`,
  });
  const label = element("p", { class: "note", "aria-live": "off" }, "Point at a bar to see its test.");
  const box = element("div", { class: "timeline" }, canvas);
  const found = (event: MouseEvent): number | undefined => {
    const lane = lanes[Math.floor(event.offsetY / LANE_PX)];
    if (lane === undefined || event.offsetX < LABEL_PX) return undefined;
    const width = canvas.clientWidth - LABEL_PX;
    const ms = first + ((event.offsetX - LABEL_PX) / width) * span;
    const slack = (2 * span) / width;
    return lane.tests.find((at) => startOf(results, at) - slack <= ms && ms <= results.end[at]! + slack);
  };
  canvas.addEventListener("mousemove", (event) => {
    const at = found(event);
    label.textContent =
      at === undefined
        ? "Point at a bar to see its test."
        : `${STATUSES[results.status[at]!]} ${duration(results.ms[at]!)}: ${pathOf(results, at).map(visible).join(" › ")}`;
  });
  canvas.addEventListener("click", (event) => {
    const at = found(event);
    if (at !== undefined) select(at);
  });
  new ResizeObserver(() => draw(canvas, results, lanes, first, span)).observe(box);
  const busy = lanes.map(({ worker, tests, ms }) =>
    element(
      "tr",
      {},
      element("th", { scope: "row" }, visible(results.workers[worker]!)),
      element("td", {}, count(tests.length)),
      element("td", {}, duration(ms)),
      element("td", {}, `${Math.round((100 * ms) / span)} %`),
    ),
  );
  const heads = ["worker", "tests", "busy", "of the time"].map((head) => element("th", { scope: "col" }, head));
  const table = element("table", {}, element("thead", {}, element("tr", {}, ...heads)), element("tbody", {}, ...busy));
  return [label, box, table];
}

interface Lane {
  readonly worker: number;
  readonly tests: number[];
  ms: number;
}

function lanesOf({ count: total, worker, end, ms, workers }: Results): readonly Lane[] {
  const lanes = workers.map((_, index): Lane => ({ worker: index, tests: [], ms: 0 }));
  for (let at = 0; at < total; at++) {
    if (Number.isNaN(end[at]!) || Number.isNaN(ms[at]!)) continue;
    const lane = lanes[worker[at]!]!;
    lane.tests.push(at);
    lane.ms += ms[at]!;
  }
  return lanes
    .filter(({ tests }) => tests.length > 0)
    .toSorted((left, right) => right.ms - left.ms)
    .slice(0, MAX_LANES);
}

function startOf({ end, ms }: Results, at: number): number {
  return end[at]! - ms[at]!;
}

function draw(canvas: HTMLCanvasElement, results: Results, lanes: readonly Lane[], first: number, span: number): void {
  const width = canvas.parentElement!.clientWidth;
  const height = lanes.length * LANE_PX;
  if (width === 0) return;
  const scale = devicePixelRatio;
  canvas.width = width * scale;
  canvas.height = height * scale;
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  const context = canvas.getContext("2d")!;
  context.scale(scale, scale);
  const style = getComputedStyle(canvas);
  const colours = STATUSES.map((status) => style.getPropertyValue(`--bar-${status}`));
  const perMs = (width - LABEL_PX) / span;
  context.font = "12px system-ui, sans-serif";
  context.textBaseline = "middle";
  for (const [index, { worker, tests }] of lanes.entries()) {
    const y = index * LANE_PX;
    context.fillStyle = style.getPropertyValue("--text");
    context.fillText(visible(results.workers[worker]!).slice(0, 26), 0, y + LANE_PX / 2, LABEL_PX - 8);
    // What failed is drawn last, so that it is seen between thousands that passed.
    for (const isLast of [false, true]) {
      for (const at of tests) {
        const status = results.status[at]!;
        if ((STATUSES[status] === "pass") === isLast) continue;
        context.fillStyle = colours[status]!;
        const x = LABEL_PX + (startOf(results, at) - first) * perMs;
        context.fillRect(x, y + 3, Math.max(isLast ? 2 : 0.5, results.ms[at]! * perMs - 0.5), LANE_PX - 6);
      }
    }
  }
}
