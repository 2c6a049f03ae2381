import { count, duration, element, visible } from "./element.ts";
import { type Results, STATUSES } from "./results.ts";
import { type Filter, type Rows, rowsOf } from "./rows.ts";
import { VirtualList } from "./virtual-list.ts";

const MARKS: Readonly<Record<string, string>> = {
  pass: "✓",
  flaky: "≈",
  fail: "✕",
  error: "✕",
  crashed: "✕",
  skip: "○",
  todo: "○",
  xfail: "✓",
  xpass: "!",
};

export interface TestListOptions {
  readonly box: HTMLElement;
  readonly space: HTMLElement;
  /** A result was chosen. */
  readonly select: (index: number) => void;
}

/** The tree of groups and results, of which only those rows exist that can be seen. */
export class TestList {
  readonly #box: HTMLElement;
  readonly #list: VirtualList;
  readonly #select: (index: number) => void;
  readonly #opened = new Map<string, boolean>();
  #results: Results | undefined;
  #rows: Rows | undefined;
  #filter: Filter = { statuses: undefined, words: [] };
  /** Place of the row that keys work on. */
  #active = 0;

  constructor({ box, space, select }: TestListOptions) {
    this.#box = box;
    this.#list = new VirtualList(box, space);
    this.#select = select;
    box.addEventListener("click", (event) => {
      const row = (event.target as Element).closest<HTMLElement>("[data-at]");
      if (row !== null) this.#use(Number(row.dataset["at"]), true);
    });
    box.addEventListener("keydown", (event) => this.#onKey(event));
  }

  /** Shows these results, or fewer or more of them; returns how many match. */
  show(results: Results, filter: Filter): number {
    const active = this.#rows?.rows[this.#active];
    if (results !== this.#results) this.#rows = undefined;
    this.#results = results;
    this.#filter = filter;
    this.#layOut(active);
    return this.#rows!.matches;
  }

  /** Opens the groups of a result, and goes to it. */
  goTo(index: number): void {
    const { groups, group } = this.#results!;
    for (let at = group[index]!; at >= 0; at = groups.parent[at]!) this.#opened.set(groups.searched[at]!, true);
    this.#layOut(index);
    this.#list.reveal(this.#active);
  }

  #layOut(active: number | undefined): void {
    this.#rows = rowsOf(this.#results!, this.#filter, this.#opened);
    const { rows } = this.#rows;
    const at = active === undefined ? -1 : rows.indexOf(active);
    this.#active = at >= 0 ? at : Math.min(this.#active, Math.max(0, rows.length - 1));
    this.#list.show({ length: rows.length, row: (place) => this.#row(place) });
    this.#markActive();
  }

  #row(at: number): HTMLElement {
    const item = this.#rows!.rows[at]!;
    const row = item < 0 ? this.#groupRow(-1 - item) : this.#testRow(item);
    row.id = `row-${at}`;
    row.dataset["at"] = String(at);
    row.setAttribute("aria-selected", String(at === this.#active));
    return row;
  }

  #groupRow(group: number): HTMLElement {
    const { groups } = this.#results!;
    const { inGroup, badInGroup, msInGroup } = this.#rows!;
    const bad = badInGroup[group]!;
    const isOpen = this.#isOpen(group);
    const row = element(
      "div",
      {
        role: "treeitem",
        class: "row group",
        "aria-expanded": String(isOpen),
        "aria-level": String(groups.depth[group]! + 1),
      },
      element("span", { class: "twist", "aria-hidden": "true" }, isOpen ? "▾" : "▸"),
      element("span", { class: "name" }, visible(groups.names[group]!)),
      ...(bad > 0 ? [element("span", { class: "badge bad" }, `${count(bad)} failed`)] : []),
      element("span", { class: "badge" }, count(inGroup[group]!)),
      element("span", { class: "time" }, duration(msInGroup[group] || Number.NaN)),
    );
    row.style.paddingInlineStart = `${8 + groups.depth[group]! * 16}px`;
    return row;
  }

  #testRow(index: number): HTMLElement {
    const { names, status, ms, groups, group } = this.#results!;
    const word = STATUSES[status[index]!]!;
    const depth = groups.depth[group[index]!]! + 1;
    const row = element(
      "div",
      { role: "treeitem", class: `row test ${word}`, "aria-level": String(depth + 1) },
      element("span", { class: `mark ${word}`, "aria-hidden": "true" }, MARKS[word]!),
      element("span", { class: "hidden" }, `${word}: `),
      element("span", { class: "name" }, visible(names.of(index))),
      ...(word === "flaky" ? [element("span", { class: "badge warn" }, "flaky")] : []),
      element("span", { class: "time" }, duration(ms[index]!)),
    );
    row.style.paddingInlineStart = `${8 + depth * 16}px`;
    return row;
  }

  #isOpen(group: number): boolean {
    const { groups } = this.#results!;
    const known = this.#opened.get(groups.searched[group]!);
    if (known !== undefined) return known;
    // As the rows were laid out: something of it stands below.
    const at = this.#rows!.rows.indexOf(-1 - group);
    const next = this.#rows!.rows[at + 1];
    if (next === undefined) return false;
    return next >= 0 ? this.#results!.group[next] === group : groups.parent[-1 - next] === group;
  }

  #onKey(event: KeyboardEvent): void {
    const { rows } = this.#rows!;
    const item = rows[this.#active];
    if (item === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    const isOpen = item < 0 && this.#isOpen(-1 - item);
    switch (event.key) {
      case "ArrowDown":
      case "j":
        this.#move(this.#active + 1);
        break;
      case "ArrowUp":
      case "k":
        this.#move(this.#active - 1);
        break;
      case "PageDown":
        this.#move(this.#active + this.#list.pageLength);
        break;
      case "PageUp":
        this.#move(this.#active - this.#list.pageLength);
        break;
      case "Home":
        this.#move(0);
        break;
      case "End":
        this.#move(rows.length - 1);
        break;
      case "ArrowRight":
        if (item < 0 && !isOpen) this.#use(this.#active, true);
        else this.#move(this.#active + 1);
        break;
      case "ArrowLeft":
        if (isOpen) this.#use(this.#active, true);
        else this.#toParent(item);
        break;
      case "Enter":
      case " ":
        this.#use(this.#active, true);
        break;
      default:
        return;
    }
    event.preventDefault();
  }

  #toParent(item: number): void {
    const { groups, group } = this.#results!;
    const parent = item < 0 ? groups.parent[-1 - item]! : group[item]!;
    if (parent >= 0) this.#move(this.#rows!.rows.indexOf(-1 - parent));
  }

  #move(to: number): void {
    this.#active = Math.max(0, Math.min(this.#rows!.rows.length - 1, to));
    this.#list.reveal(this.#active);
    this.#markActive();
    const item = this.#rows!.rows[this.#active]!;
    if (item >= 0) this.#select(item);
  }

  /** Opens or closes a group, selects a result. */
  #use(at: number, isToggled: boolean): void {
    this.#active = at;
    const item = this.#rows!.rows[at];
    if (item === undefined) return;
    if (item >= 0) {
      this.#select(item);
      this.#list.refresh();
      this.#markActive();
      return;
    }
    if (!isToggled) return;
    this.#opened.set(this.#results!.groups.searched[-1 - item]!, !this.#isOpen(-1 - item));
    this.#layOut(item);
  }

  /** Assistive technology is told which row it is, as long as that row exists. */
  #markActive(): void {
    if (document.querySelector(`#row-${this.#active}`) === null) this.#box.removeAttribute("aria-activedescendant");
    else this.#box.setAttribute("aria-activedescendant", `row-${this.#active}`);
  }
}
