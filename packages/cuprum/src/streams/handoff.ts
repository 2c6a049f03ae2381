/**
 * Hands items from a producer to one consumer, one at a time: `offer` settles when the item before it has been worked on, so the
 * consumer's pace is the producer's.
 */
export class Handoff<Item> implements AsyncIterableIterator<Item> {
  readonly #onLeave: () => Promise<void>;
  #item: { readonly value: Item; readonly taken: () => void } | undefined;
  #taken: (() => void) | undefined;
  #wake: () => void = () => {};
  #hasEnded = false;

  /** `onLeave` is called once, when the consumer leaves before the end. */
  constructor(onLeave: () => Promise<void>) {
    this.#onLeave = onLeave;
  }

  readonly offer = (value: Item): Promise<void> => {
    if (this.#hasEnded) return Promise.resolve();
    return new Promise((taken) => {
      this.#item = { value, taken };
      this.#wake();
    });
  };

  /** No more items will come. One that was offered is still given. */
  end(): void {
    this.#hasEnded = true;
    this.#wake();
  }

  async next(): Promise<IteratorResult<Item, undefined>> {
    this.#taken?.();
    this.#taken = undefined;
    while (this.#item === undefined) {
      if (this.#hasEnded) return { done: true, value: undefined };
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    const { value, taken } = this.#item;
    this.#item = undefined;
    this.#taken = taken;
    return { done: false, value };
  }

  async return(): Promise<IteratorResult<Item, undefined>> {
    this.end();
    this.#item?.taken();
    this.#item = undefined;
    this.#taken?.();
    await this.#onLeave();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
