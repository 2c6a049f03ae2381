import { eachKey } from "../../json/object-keys.ts";
import type { JoinOptions, RecordSlice } from "./join-options.ts";

/** What the fields of both sides are called in joined records. */
export class FieldNames {
  /** The fields of the left side that were seen, in order. */
  readonly left: Set<string> = new Set();
  /** Those of the right side that are taken. */
  readonly right: Set<string>;
  readonly #options: JoinOptions;
  /** Keys of the right side that have the same name on the left. */
  readonly #shared: ReadonlySet<string>;

  constructor(options: JoinOptions) {
    this.#options = options;
    this.right = new Set(options.pick);
    const { leftKeys, rightKeys } = options;
    const shared = rightKeys.filter(({ path }, at) => path.length === 1 && sameName(path, leftKeys[at]!.path));
    this.#shared = new Set(shared.map(({ name }) => name));
  }

  addLeft({ bytes, start }: RecordSlice): void {
    eachKey(bytes, start, (key) => this.left.add(key));
  }

  addRight({ bytes, start }: RecordSlice): void {
    if (this.#options.pick !== undefined) return;
    eachKey(bytes, start, (key) => {
      if (!this.#shared.has(key)) this.right.add(key);
    });
  }

  /** Whether a field of the right side is taken. */
  isTaken(name: string): boolean {
    const { pick } = this.#options;
    return pick === undefined ? !this.#shared.has(name) : pick.includes(name);
  }

  /** What a field of the right side is called beside fields of these names. */
  nameOf(name: string, taken: ReadonlySet<string>): string {
    let called = this.#options.prefix + name;
    while (taken.has(called)) called += "_right";
    return called;
  }
}

function sameName(path: readonly string[], other: readonly string[]): boolean {
  return other.length === 1 && other[0] === path[0];
}
