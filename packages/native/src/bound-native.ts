import { getSystemErrorName } from "node:util";
import type { Binding, Failure, Hop, OnEvent, Outcome } from "./binding.ts";
import type { ConsumeOptions, LineBatch, Native, Pump, PumpResult, SystemFailure } from "./native.ts";
import { NativeError } from "./native-error.ts";

/** Default bound of one line: 256 MiB. */
const MAX_LINE_BYTES = 256 * 1024 * 1024;
const MIN_LINE_BYTES = 8;

/** The typed interface of a compiled module: checks what goes in, and names what comes out. */
export function boundNative(binding: Binding): Native {
  return {
    recordKernels: (sharing = {}) => {
      const { threads, chunkBytes } = sharing;
      if (threads !== undefined) checkNumber("threads", threads, 1, MAX_THREADS);
      if (chunkBytes !== undefined) checkNumber("chunkBytes", chunkBytes, 1, MAX_CHUNK_BYTES);
      return {
        csvRows: (options) => new binding.CsvRows(options, sharing),
        records: (program) => new binding.Records(program, sharing),
        csvCells: (delimiter, keys) => new binding.CsvCells(delimiter, keys, sharing),
        groups: (program) => new binding.Groups(program, sharing),
        join: (program, keys, members, ends) => new binding.Join(program, keys, members, ends, sharing),
        jsonElements: (maxRecordBytes) => new binding.JsonElements(maxRecordBytes),
      };
    },
    pipe: (capacityBytes) => {
      if (capacityBytes !== undefined) checkNumber("capacityBytes", capacityBytes, 1, MAX_CAPACITY_BYTES);
      return refused(() => binding.pipe(capacityBytes));
    },
    isFifo: (fd) => onDescriptor([fd], () => binding.isFifo(fd)),
    pipeCapacity: (fd) => onDescriptor([fd], () => binding.pipeCapacity(fd)),
    setPipeCapacity: (fd, bytes) => {
      checkNumber("bytes", bytes, 1, MAX_CAPACITY_BYTES);
      return onDescriptor([fd], () => binding.setPipeCapacity(fd, bytes));
    },
    duplicate: (fd) => onDescriptor([fd], () => binding.duplicate(fd)),
    pump: (readFd, writeFd, { limitBytes, copyFd, onEnd }) => {
      if (limitBytes !== undefined) checkNumber("limitBytes", limitBytes, 0);
      const hop = onDescriptor([readFd, writeFd, copyFd], () =>
        binding.pump(readFd, writeFd, copyFd, limitBytes, (_slot, _content, _unfinished, outcome) =>
          onEnd(resultOf(outcome)),
        ),
      );
      return pumpOf(hop);
    },
    consume: (readFd, options) => {
      const maxLineBytes = options.shape === "lines" ? (options.maxLineBytes ?? MAX_LINE_BYTES) : undefined;
      if (maxLineBytes !== undefined) checkNumber("maxLineBytes", maxLineBytes, MIN_LINE_BYTES, MAX_LINE_BYTES);
      return pumpOf(consume(binding, readFd, maxLineBytes, options));
    },
  };
}

/** Of each, with its memory, there is to be a use. */
const MAX_THREADS = 64;
const MAX_CHUNK_BYTES = 16 * 1024 * 1024;

/** What an int of C holds. */
const MAX_CAPACITY_BYTES = 2 ** 31 - 1;

/** What the native module reads at once. */
const SLOT_BYTES = 64 * 1024;

function consume(binding: Binding, readFd: number, maxLineBytes: number | undefined, options: ConsumeOptions): Hop {
  const { writeFd, onEnd } = options;
  const onEvent: OnEvent = (slot, content, unfinished, outcome) => {
    if (outcome !== null) {
      onEnd(resultOf(outcome));
      return;
    }
    const acknowledge = acknowledgement(hop, slot);
    if (options.shape === "lines") options.onBatch(linesOf(content as string, unfinished), acknowledge);
    else {
      const start = (slot ?? 0) * SLOT_BYTES;
      options.onBatch(memory.subarray(start, start + (content as number)), acknowledge);
    }
  };
  const hop = onDescriptor([readFd, writeFd], () => binding.consume(readFd, writeFd, maxLineBytes, onEvent));
  // No event comes before this function returns.
  const memory = hop.memory() ?? Buffer.alloc(0);
  return hop;
}

function linesOf(text: string, unfinished: boolean): LineBatch {
  return { lines: text.split("\n"), unfinished };
}

/** Counts once, however often it is called: the slot may be somebody else's then. */
function acknowledgement(hop: Hop, slot: number | null): () => void {
  let isPending = slot !== null;
  return () => {
    if (isPending && slot !== null) hop.acknowledge(slot);
    isPending = false;
  };
}

function pumpOf(hop: Hop): Pump {
  return { bytes: () => hop.bytes(), isReading: () => hop.isIdle(), cancel: () => hop.cancel() };
}

function resultOf({ bytesRead, bytesWritten, end, failure, copyBytes, copyEnd, copyFailure }: Outcome): PumpResult {
  return {
    bytesRead,
    bytesWritten,
    end,
    ...(failure && { error: failureOf(failure) }),
    ...(copyEnd && {
      copy: { bytesWritten: copyBytes, end: copyEnd, ...(copyFailure && { error: failureOf(copyFailure) }) },
    }),
  };
}

function failureOf({ errno, message }: Failure): SystemFailure {
  return { code: typeof errno === "number" ? getSystemErrorName(-errno) : "PANIC", message };
}

function onDescriptor<Result>(fds: readonly (number | undefined)[], call: () => Result): Result {
  for (const fd of fds) {
    if (fd !== undefined && !(Number.isInteger(fd) && fd >= 0 && fd <= MAX_DESCRIPTOR))
      throw new NativeError("BAD_DESCRIPTOR", `${String(fd)} is not a descriptor: those are whole numbers from 0 on`);
  }
  return refused(call);
}

const MAX_DESCRIPTOR = 2 ** 31 - 1;

function refused<Result>(call: () => Result): Result {
  try {
    return call();
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
    if (code !== "BAD_DESCRIPTOR" && code !== "SYSTEM") throw cause;
    throw new NativeError(code, cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

function checkNumber(name: string, value: number, least: number, most: number = Number.MAX_SAFE_INTEGER): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new NativeError(
    "BAD_OPTION",
    `${name} is ${String(value)}; it has to be a whole number from ${least} to ${most}`,
  );
}
