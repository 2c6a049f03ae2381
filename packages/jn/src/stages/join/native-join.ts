import type { JoinKernel, RecordKernels } from "@cuprum/native";
import type { ByteSink } from "@jn/wire";
import type { Value } from "../../filter/value/value.ts";
import { eachKey } from "../../json/object-keys.ts";
import type { LinePosition } from "../../json/record-check.ts";
import { type KernelSource, MAX_PATH_KEYS, NativeRecords, type RecordCarrier } from "../../kernels/native-records.ts";
import { slotsOf } from "../../keys/native-values.ts";
import type { FieldNames } from "./field-names.ts";
import type { JoinOptions, RecordSlice } from "./join-options.ts";
import { nullMembers, pairMembers } from "./pair-members.ts";
import type { RightIndex } from "./right-index.ts";

/** The sides of a join: the right one was read, and is in memory. */
export interface JoinSides {
  readonly options: JoinOptions;
  readonly names: FieldNames;
  readonly index: RightIndex;
}

/**
 * Joins records of the left side natively, once the reference took one: what the members of the right side are called depends on the
 * fields that the left side has. Records whose fields would call them otherwise than the first one's are for the reference.
 */
export class NativeJoin {
  readonly carrier: RecordCarrier;
  readonly #sides: JoinSides;
  readonly #kernels: KernelSource;
  readonly #position: LinePosition;
  #native: NativeRecords | undefined;
  #nativeCarrier: RecordCarrier | undefined;
  #kernel: JoinKernel | undefined;
  #isBegun = false;

  /** Whether the kernel knows this kind of join. */
  static knows({ type, leftKeys, where, target, aggregates }: JoinOptions): boolean {
    const isPlain = where === undefined && target === undefined && aggregates === undefined;
    const isShort = leftKeys.length <= MAX_KEYS && leftKeys.every(({ path }) => path.length <= MAX_PATH_KEYS);
    return isPlain && isShort && MATCHED.has(type);
  }

  constructor(sides: JoinSides, kernels: KernelSource, position: LinePosition) {
    this.#sides = sides;
    this.#kernels = kernels;
    this.#position = position;
    this.carrier = {
      carry: (fd, begun, out, tail) => this.#nativeCarrier?.carry(fd, begun, out, tail),
      kernel: () => this.#nativeCarrier?.kernel(),
      followed: (lines, written) => this.#nativeCarrier?.followed(lines, written),
    };
  }

  /** Takes records as `NativeRecords.run` does. */
  run(bytes: Buffer, start: number, end: number, out: ByteSink): number {
    return this.#native?.run(bytes, start, end, this.#position, out) ?? start;
  }

  /** Can do without the reference after this record. */
  begin(left: RecordSlice): void {
    if (this.#isBegun) return;
    this.#isBegun = true;
    const taken = new Set<string>();
    eachKey(left.bytes, left.start, (key) => taken.add(key));
    const program = this.#programFor(taken);
    if (program === undefined) return;
    const make = (all: RecordKernels): JoinKernel => {
      const { keys, members, ends } = this.#table(taken);
      this.#kernel = all.join(program, keys, members, ends);
      return this.#kernel;
    };
    this.#native = new NativeRecords(this.#kernels, make);
    this.#nativeCarrier = this.#native.carrier(this.#position);
  }

  /** For each key something if a record had a value for it, else null; undefined: it took no record. */
  get met(): readonly Value[] | undefined {
    const met = this.#kernel?.met ?? 0;
    return met === 0 ? undefined : this.#sides.options.leftKeys.map((_, at) => (met & (1 << at) ? true : null));
  }

  /** undefined: there are too many names, or no memory for the table. */
  #programFor(taken: ReadonlySet<string>) {
    const { options, names, index } = this.#sides;
    const { leftKeys, isStrict, type, prefix } = options;
    const added = type === "semi" || type === "anti" ? new Set<string>() : names.right;
    const [present, absent] = [new Set<string>(), new Set<string>()];
    for (const name of added) {
      let called = prefix + name;
      for (; taken.has(called); called += "_right") present.add(called);
      absent.add(called);
    }
    if (present.size + absent.size > MAX_NAMES || this.#tableBytes(added) > index.roomBytes) return undefined;
    const paths = [...leftKeys.map(({ path }) => path), ...[...present, ...absent].map((name) => [name])];
    const { paths: different, slots } = slotsOf(paths);
    return {
      paths: different,
      keys: slots.slice(0, leftKeys.length),
      present: slots.slice(leftKeys.length, leftKeys.length + present.size),
      absent: slots.slice(leftKeys.length + present.size),
      isStrict,
      matched: MATCHED.get(type)!,
      unmatched: type === "left" ? nullMembers(names, taken) : type === "anti" ? "" : undefined,
    };
  }

  /** What the table takes at most, twice: while it is made, all of it is there again. */
  #tableBytes(added: ReadonlySet<string>): number {
    let nameBytes = 0;
    for (const name of added) nameBytes += 3 * name.length + this.#sides.options.prefix.length + NAME_GROWTH;
    let bytes = 0;
    this.#sides.index.eachKeyed((key, { start, end }) => {
      bytes += 2 * (key.length + (end - start) + nameBytes) + ROW_BYTES;
    });
    return bytes;
  }

  #table(taken: ReadonlySet<string>) {
    const { options, names, index } = this.#sides;
    const addsMembers = options.type === "inner" || options.type === "left";
    const [keys, members] = [new Bytes(), new Bytes()];
    const ends: number[] = [];
    index.eachKeyed((key, record) => {
      keys.add(key, "latin1");
      if (addsMembers) members.add(pairMembers(record, options, names, taken), "utf8");
      ends.push(keys.length, members.length);
    });
    return { keys: keys.all(), members: members.all(), ends: Uint32Array.from(ends) };
  }
}

/** Bytes that grow. */
class Bytes {
  #bytes = Buffer.allocUnsafeSlow(64 * 1024);
  length = 0;

  add(text: string, encoding: "latin1" | "utf8"): void {
    const needed = this.length + 3 * text.length;
    if (needed > this.#bytes.length) {
      const grown = Buffer.allocUnsafeSlow(2 * needed);
      this.#bytes.copy(grown, 0, 0, this.length);
      this.#bytes = grown;
    }
    this.length += this.#bytes.write(text, this.length, encoding);
  }

  all(): Buffer {
    return this.#bytes.subarray(0, this.length);
  }
}

/** What is written for a record with matches; see `JoinProgram`. */
const MATCHED: ReadonlyMap<string, number> = new Map([
  ["inner", 2],
  ["left", 2],
  ["semi", 1],
  ["anti", 0],
]);

const MAX_KEYS = 31;
/** More names than this are looked for by the reference. */
const MAX_NAMES = 64;
/** What a name can become longer by: quotes, colon, comma, null. */
const NAME_GROWTH = 16;
/** What a record takes in the table besides its bytes, twice. */
const ROW_BYTES = 160;
