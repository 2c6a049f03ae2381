import { detailPane } from "./detail-pane.ts";
import { byId, count, element } from "./element.ts";
import { type Results, resultsOf, type Shown, STATUSES } from "./results.ts";
import type { Filter } from "./rows.ts";
import { slowTests } from "./slow-tests.ts";
import { embeddedSource, type PageSource, servedSource } from "./source.ts";
import { summary } from "./summary.ts";
import { TestList } from "./test-list.ts";
import { timeline } from "./timeline.ts";

/** What the buttons above the list stand for. */
const FILTERS: readonly (readonly [name: string, statuses: readonly Shown[] | undefined])[] = [
  ["all", undefined],
  ["failed", ["fail", "error", "crashed"]],
  ["flaky", ["flaky"]],
  ["passed", ["pass", "flaky", "xpass"]],
  ["skipped", ["skip", "todo", "xfail"]],
];

const TABS = ["tests", "timeline", "slowest"] as const;

let source: PageSource;
let results: Results;
let filterName = "all";
let isFilterChosen = false;
let tab: (typeof TABS)[number] = "tests";
let selected: number | undefined;
/** A search waits for the next frame, so that typing is never held up. */
let isSearchDue = false;

const search = byId("search") as HTMLInputElement;
const list = new TestList({ box: byId("list"), space: byId("rows"), select: showDetail });

void start();

async function start(): Promise<void> {
  listen();
  if (document.body.dataset["live"] === undefined) {
    show(embeddedSource());
    return;
  }
  show(await servedSource());
  // One request at a time; a change meanwhile is followed by one more.
  let [isBusy, isDue] = [false, false];
  const update = async (): Promise<void> => {
    isDue = true;
    if (isBusy) return;
    isBusy = true;
    while (isDue) {
      isDue = false;
      show(await servedSource());
    }
    isBusy = false;
  };
  const events = new EventSource(`events${location.search}`);
  events.addEventListener("change", () => void update());
  events.addEventListener("error", () => byId("live").replaceChildren("not connected"));
  events.addEventListener("open", () => byId("live").replaceChildren("live"));
}

function show(shown: PageSource): void {
  source = shown;
  results = resultsOf(shown.run, shown.tests);
  if (!isFilterChosen) filterName = countOf("failed") > 0 ? "failed" : "all";
  byId("summary").replaceChildren(...summary(shown.run));
  document.title = `${countOf("failed") > 0 ? `✕ ${countOf("failed")} failed` : "✓"} · ${shown.run.id}`;
  showFilters();
  showList();
  showTab();
  prepareSearch(results);
}

/** What a search needs is made ready while nothing else is to be done, so that the first one is as quick as the next. */
function prepareSearch(of: Results): void {
  requestIdleCallback((deadline) => {
    do {
      if (of !== results || !of.names.prepare()) return;
    } while (deadline.timeRemaining() > 5);
    prepareSearch(of);
  });
}

function listen(): void {
  search.addEventListener("input", () => {
    if (isSearchDue) return;
    isSearchDue = true;
    requestAnimationFrame(() => {
      isSearchDue = false;
      showList();
    });
  });
  search.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      search.value = "";
      showList();
      byId("list").focus();
    } else if (event.key === "ArrowDown" || event.key === "Enter") byId("list").focus();
    else return;
    event.preventDefault();
  });
  for (const name of TABS) byId(`tab-${name}`).addEventListener("click", () => chooseTab(name));
  byId("tabs").addEventListener("keydown", (event) => {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (step === 0) return;
    chooseTab(TABS[(TABS.indexOf(tab) + step + TABS.length) % TABS.length]!);
    byId(`tab-${tab}`).focus();
  });
  byId("theme").addEventListener("click", () => {
    const root = document.documentElement;
    const isDark =
      root.dataset["theme"] === "dark" ||
      (root.dataset["theme"] === undefined && matchMedia("(prefers-color-scheme: dark)").matches);
    root.dataset["theme"] = isDark ? "light" : "dark";
    showTab();
  });
  byId("help").addEventListener("click", () => (byId("keys") as HTMLDialogElement).showModal());
  document.addEventListener("keydown", onKey);
}

function onKey(event: KeyboardEvent): void {
  const isTyping = event.target instanceof HTMLInputElement;
  if (isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
  const filter = FILTERS[Number(event.key) - 1];
  if (event.key === "/") {
    chooseTab("tests");
    search.focus();
    search.select();
  } else if (event.key === "?") (byId("keys") as HTMLDialogElement).showModal();
  else if (filter !== undefined) chooseFilter(filter[0]);
  else if (event.key === "t") chooseTab("timeline");
  else if (event.key === "s") chooseTab("slowest");
  else if (event.key === "l") {
    chooseTab("tests");
    byId("list").focus();
  } else return;
  event.preventDefault();
}

function chooseFilter(name: string): void {
  filterName = name;
  isFilterChosen = true;
  showFilters();
  showList();
}

function showFilters(): void {
  const buttons = FILTERS.map(([name]) => {
    const button = element(
      "button",
      { type: "button", "aria-pressed": String(name === filterName), class: `filter ${name}` },
      `${name} ${count(countOf(name))}`,
    );
    button.addEventListener("click", () => chooseFilter(name));
    return button;
  });
  byId("filters").replaceChildren(...buttons);
}

function countOf(name: string): number {
  const statuses = statusesOf(name);
  let sum = 0;
  if (statuses === undefined) return results.count;
  const isWanted = STATUSES.map((status) => statuses.has(status));
  for (const status of results.status) if (isWanted[status]!) sum++;
  return sum;
}

function statusesOf(name: string): ReadonlySet<Shown> | undefined {
  const statuses = FILTERS.find(([known]) => known === name)?.[1];
  return statuses && new Set(statuses);
}

function showList(): void {
  const filter: Filter = {
    statuses: statusesOf(filterName),
    words: search.value
      .toLowerCase()
      .split(/\s+/)
      .filter((word) => word !== ""),
  };
  const matches = list.show(results, filter);
  byId("matches").textContent = `${count(matches)} shown`;
}

function showDetail(index: number): void {
  selected = index;
  byId("detail").replaceChildren(...detailPane(results, index, source.detail(index)));
  byId("detail").scrollTop = 0;
}

function chooseTab(name: (typeof TABS)[number]): void {
  tab = name;
  showTab();
}

function showTab(): void {
  for (const name of TABS) {
    const button = byId(`tab-${name}`);
    button.setAttribute("aria-selected", String(name === tab));
    button.tabIndex = name === tab ? 0 : -1;
    byId(`panel-${name}`).hidden = name !== tab;
  }
  // What is not seen is not drawn: at hundreds of thousands of tests that would be felt.
  if (tab === "timeline") byId("panel-timeline").replaceChildren(...timeline(results, open));
  if (tab === "slowest") byId("panel-slowest").replaceChildren(...slowTests(results, open));
  if (tab === "tests" && selected !== undefined && selected < results.count) showDetail(selected);
}

/** Shows a result that was chosen elsewhere. */
function open(index: number): void {
  chooseTab("tests");
  search.value = "";
  chooseFilter("all");
  list.goTo(index);
  showDetail(index);
  byId("list").focus();
}
