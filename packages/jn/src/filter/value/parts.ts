/**
 * Counts the arrays and objects met in a value that is looked through. Parts that are shared are met as often as they occur:
 * `[., .]`, a hundred times, would never end.
 */
export class PartCount {
  #met = 0;

  begin(): void {
    this.#met = 0;
  }

  /** @throws RangeError for more parts than there can be in memory, unless they are shared */
  next(): void {
    if (++this.#met > MAX_PARTS) throw new RangeError("a value of too many parts");
  }
}

const MAX_PARTS = 2 ** 26;
