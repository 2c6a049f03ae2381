import { print } from "../cli/console.ts";
import { badTotal, type Counts, total, testsText } from "../model/counts.ts";

/** One line on a terminal that says how far it is; elsewhere nothing. */
export class Progress {
  readonly #isTerminal: boolean;
  #shown = "";

  constructor(isTerminal: boolean) {
    this.#isTerminal = isTerminal;
  }

  show(counts: Readonly<Counts>, elapsedMs: number): void {
    if (!this.#isTerminal) return;
    const bad = badTotal(counts);
    const text = `${testsText(total(counts))}, ${bad} failed, ${Math.floor(elapsedMs / 1000)} s`;
    if (text === this.#shown) return;
    this.#shown = text;
    print(`\r\u001b[K${text}`);
  }

  clear(): void {
    if (this.#shown !== "") print("\r\u001b[K");
    this.#shown = "";
  }
}
