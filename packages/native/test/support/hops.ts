import type { ConsumeOptions, Pump, PumpOptions, PumpResult } from "../../src/index.ts";
import { native } from "./native.ts";

export interface Hop {
  readonly pump: Pump;
  readonly result: Promise<PumpResult>;
}

/** Starts a pump. */
export function pump(readFd: number, writeFd: number, options: Omit<PumpOptions, "onEnd"> = {}): Hop {
  const { promise, resolve } = withResolvers<PumpResult>();
  return { pump: native().pump(readFd, writeFd, { ...options, onEnd: resolve }), result: promise };
}

export interface Consumed<Shown> extends Hop {
  /** What the observer was shown so far. */
  readonly shown: Shown[];
}

/** Consumes bytes, acknowledging each batch at once. */
export function consumeBytes(readFd: number, options: { readonly writeFd?: number } = {}): Consumed<Buffer> {
  const shown: Buffer[] = [];
  const hop = consume(readFd, {
    ...options,
    shape: "bytes",
    onBatch: (bytes, acknowledge) => {
      shown.push(Buffer.from(bytes));
      acknowledge();
    },
  });
  return { ...hop, shown };
}

/** Consumes lines, acknowledging each batch at once. Pieces of long lines are put together. */
export function consumeLines(
  readFd: number,
  options: { readonly writeFd?: number; readonly maxLineBytes?: number } = {},
): Consumed<string> {
  const shown: string[] = [];
  let begun = "";
  const hop = consume(readFd, {
    ...options,
    shape: "lines",
    onBatch: ({ lines, unfinished }, acknowledge) => {
      const [first = "", ...rest] = lines;
      const all = [begun + first, ...rest];
      begun = unfinished ? (all.pop() ?? "") : "";
      shown.push(...all);
      acknowledge();
    },
  });
  return { ...hop, shown };
}

type WithoutEnd<Options> = Options extends ConsumeOptions ? Omit<Options, "onEnd"> : never;

/** Starts an observed hop. */
export function consume(readFd: number, options: WithoutEnd<ConsumeOptions>): Hop {
  const { promise, resolve } = withResolvers<PumpResult>();
  return { pump: native().consume(readFd, { ...options, onEnd: resolve }), result: promise };
}

interface Resolvers<Value> {
  readonly promise: Promise<Value>;
  readonly resolve: (value: Value) => void;
}

function withResolvers<Value>(): Resolvers<Value> {
  let resolve: (value: Value) => void = () => undefined;
  const promise = new Promise<Value>((resolvePromise) => {
    resolve = resolvePromise;
  });
  return { promise, resolve };
}
