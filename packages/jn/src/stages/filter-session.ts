import { type ByteSink, ExitCode, flushing, type LineOptions, writeDescriptor } from "@jn/wire";
import type { Address } from "../address/address.ts";
import { placeName } from "../address/address.ts";
import type { RecordPull } from "../address/record-pull.ts";
import { type ReadContext, sourceName } from "../address/records-in.ts";
import type { CompiledFilter } from "../filter/compiler/compile.ts";
import { FilterHalt, type FilterHost } from "../filter/host.ts";
import { eventsOf } from "../filter/builtins/streams.ts";
import { FilterError } from "../filter/value/filter-error.ts";
import type { ModuleLoader } from "../filter/modules/module-loader.ts";
import type { Value } from "../filter/value/value.ts";
import { JnError } from "../jn-error.ts";
import type { LinePosition } from "../json/record-check.ts";
import type { FilteredInputsOptions } from "./filtered-inputs.ts";
import type { ResultPrinter } from "./result-printer.ts";

/** How the input becomes values. */
export interface InputOptions {
  /** Lines as strings. */
  readonly isRaw: boolean;
  /** All of them in one array; of lines, in one string. */
  readonly isWhole: boolean;
  /** How many bytes of records there may be then. */
  readonly maxBytes: number;
  /** Each as its events. */
  readonly isStreamed: boolean;
}

/** One run of a filter: where its input comes from and its messages go, and how it ends. */
export class FilterSession implements FilterHost {
  readonly searchList: readonly string[];
  #modules: ModuleLoader | undefined;
  #inputs: Iterator<Value> | undefined;
  #place: () => LinePosition = () => ({ source: "the filter", line: 1 });
  #filename: Value = null;

  /** @param searchList the folders of modules */
  constructor(searchList: readonly string[]) {
    this.searchList = searchList;
  }

  /** What finds the modules of a filter; undefined for one that does not name any. */
  async modulesFor(expression: string): Promise<ModuleLoader | undefined> {
    if (!NAMES_MODULES.test(expression)) return undefined;
    const { ModuleLoader } = await import("../filter/modules/module-loader.ts");
    this.#modules = new ModuleLoader(this.searchList);
    return this.#modules;
  }

  readonly nextInput = (): Value | undefined => {
    const next = this.#inputs?.next();
    return next?.done === false ? next.value : undefined;
  };
  readonly inputFilename = (): Value => this.#filename;
  readonly inputLineNumber = (): number => this.#place().line;
  readonly printMessage = (text: string): void => complain(text);
  readonly moduleMeta = (name: string): Value => {
    if (this.#modules === undefined) throw new FilterError(`module not found: ${name}`);
    return this.#modules.metaOf(name);
  };

  /** Returns what is to be told the position of the stage that reads these addresses. */
  watch(addresses: readonly Address[]): (position: LinePosition) => void {
    const [address] = addresses;
    if (addresses.length === 1 && address !== undefined) this.#filename = filenameOf(address);
    return (position) => (this.#place = () => position);
  }

  /** Opens the input to be taken value by value, by the filter or whoever runs it. */
  async open(addresses: readonly Address[], context: ReadContext, options: InputOptions): Promise<Iterable<Value>> {
    const { pullRecords } = await import("../address/record-pull.ts");
    const { InputQueue, lineValues, recordValues, upTo, wholeText } = await import("./input-queue.ts");
    const lines: LineOptions = context;
    const opened: { pull?: RecordPull } = {};
    const name = sourceName(addresses);
    const queue = new InputQueue(
      () => opened.pull!.more(),
      (add) => {
        const stage = !options.isRaw
          ? recordValues({ ...lines, source: name }, add)
          : options.isWhole
            ? wholeText(add)
            : lineValues(lines, add);
        return options.isWhole ? upTo(options.maxBytes, stage) : stage;
      },
    );
    const begin = (path: string | null): void => void (this.#filename = path);
    opened.pull = await pullRecords(addresses, context, queue.stage, { raw: options.isRaw, begin });
    this.#place = () => ({ source: name, line: queue.line });
    const values = options.isStreamed ? events(queue) : queue[Symbol.iterator]();
    this.#inputs = options.isWhole && !options.isRaw ? whole(values) : values;
    return { [Symbol.iterator]: () => this.#inputs! };
  }

  async run(
    filter: CompiledFilter,
    inputs: Iterable<Value>,
    options: Omit<FilteredInputsOptions, "place">,
    sink: ByteSink,
  ): Promise<void> {
    const { filterInputs } = await import("./filtered-inputs.ts");
    flushing(sink, () => filterInputs(filter, inputs, { ...options, place: () => this.#place() }, sink));
  }

  /** Does the work, to the end or to a `halt`, and returns the exit code that the results and the user ask for. */
  async finished(
    printer: ResultPrinter,
    byResults: boolean,
    sink: ByteSink,
    work: () => Promise<void>,
  ): Promise<ExitCode> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof FilterHalt)) throw error;
      sink.flush();
      complain(error.text);
      if (error.exitCode === 0) return ExitCode.ok;
      // The stages downstream must hear of it: it is a failure, though one that has said what it had to say.
      const upstream = { stage: "jn filter", exitCode: error.exitCode, message: error.text.trim() };
      throw new JnError("UPSTREAM", "", { upstream });
    }
    if (!byResults || printer.lastIsTruthy === true) return ExitCode.ok;
    return printer.lastIsTruthy === undefined ? NO_RESULT : FALSY_RESULT;
  }
}

function* events(values: Iterable<Value>): Generator<Value, void, undefined> {
  for (const value of values) yield* eventsOf(value);
}

/** One array of all values. */
function* whole(values: Iterable<Value>): Generator<Value, void, undefined> {
  yield [...values];
}

function filenameOf(address: Address): Value {
  return address.place.kind === "file" ? placeName(address, "") : null;
}

function complain(text: string): void {
  const bytes = Buffer.from(text);
  writeDescriptor(2, "standard error", bytes, 0, bytes.length);
}

const NAMES_MODULES = /\b(?:import|include|modulemeta)\b/;

/** The exit codes of jq's --exit-status. */
const FALSY_RESULT = 1;
const NO_RESULT = 4;
