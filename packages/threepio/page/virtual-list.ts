/** What the list shows. */
export interface ListContent {
  readonly length: number;
  /** A row for the place; its role and state are the caller's. */
  readonly row: (at: number) => HTMLElement;
}

const ROW_PX = 28;
/** Browsers cannot place anything much further down; longer lists scroll faster instead. */
const MAX_PX = 8_000_000;

/** A list that only has the rows that can be seen, whatever its length. */
export class VirtualList {
  readonly #box: HTMLElement;
  readonly #space: HTMLElement;
  #content: ListContent = { length: 0, row: () => document.createElement("div") };
  #isDue = false;

  /** @param box scrolls, and has one element in it that rows are put into */
  constructor(box: HTMLElement, space: HTMLElement) {
    this.#box = box;
    this.#space = space;
    box.addEventListener("scroll", () => this.#later());
    new ResizeObserver(() => this.#later()).observe(box);
  }

  show(content: ListContent): void {
    this.#content = content;
    this.#space.style.height = `${Math.min(content.length * ROW_PX, MAX_PX)}px`;
    this.#render();
  }

  /** Draws the rows anew, where they are. */
  refresh(): void {
    this.#render();
  }

  /** Scrolls as little as needed for the row to be seen. */
  reveal(at: number): void {
    const height = this.#box.clientHeight;
    const top = this.#firstPx();
    if (at * ROW_PX < top) this.#scrollTo(at * ROW_PX);
    else if ((at + 1) * ROW_PX > top + height) this.#scrollTo((at + 1) * ROW_PX - height);
    this.#render();
  }

  /** Rows that fit. */
  get pageLength(): number {
    return Math.max(1, Math.floor(this.#box.clientHeight / ROW_PX) - 1);
  }

  #later(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    requestAnimationFrame(() => {
      this.#isDue = false;
      this.#render();
    });
  }

  #render(): void {
    const { length, row } = this.#content;
    const top = this.#firstPx();
    const first = Math.max(0, Math.floor(top / ROW_PX) - 4);
    const last = Math.min(length, Math.ceil((top + this.#box.clientHeight) / ROW_PX) + 4);
    const offset = this.#box.scrollTop - top;
    const rows: HTMLElement[] = [];
    for (let at = first; at < last; at++) {
      const made = row(at);
      made.style.transform = `translateY(${at * ROW_PX + offset}px)`;
      rows.push(made);
    }
    this.#space.replaceChildren(...rows);
  }

  /** Where the first row that is seen begins, in a list of full height. */
  #firstPx(): number {
    return this.#box.scrollTop * this.#factor();
  }

  #scrollTo(px: number): void {
    this.#box.scrollTop = px / this.#factor();
  }

  #factor(): number {
    const full = this.#content.length * ROW_PX;
    if (full <= MAX_PX) return 1;
    const height = this.#box.clientHeight;
    return (full - height) / (MAX_PX - height);
  }
}
