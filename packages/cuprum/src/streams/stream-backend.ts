/** Who sees the bytes of a transfer. A returned promise is backpressure: nothing more is read until it settles. */
export interface TransferOptions {
  /** Where every byte goes, too; owned by the transfer from now on. */
  readonly writeFd?: number | undefined;
  /** Gets each chunk. The bytes are only valid until it returns, or until its promise settles. */
  readonly onChunk?: ((chunk: Uint8Array) => void | Promise<void>) | undefined;
  /** Gets the decoded lines in batches: see `LineBatches`. */
  readonly onLines?: ((lines: readonly string[]) => void | Promise<void>) | undefined;
}

/**
 * How a transfer ended.
 * - `endOfInput`: every byte has been read and handed on.
 * - `readerLeft`: nobody reads `writeFd` any more; `readFd` was closed at once, so that its writer gets SIGPIPE.
 * - `cancelled`: `cancel` was called.
 * - `failed`: a system call or an observer threw; see `error`.
 */
export interface TransferEnd {
  readonly end: "endOfInput" | "readerLeft" | "cancelled" | "failed";
  readonly error?: unknown;
}

/** Bytes on their way through this process. */
export interface Transfer {
  /** Settles when both descriptors are closed. Never rejects. */
  readonly ended: Promise<TransferEnd>;
  /** Bytes handed on so far. */
  readonly bytes: () => number;
  /** Whether it waits for input: false while it waits for a reader or an observer. */
  readonly isReading: () => boolean;
  /** Ends it promptly, also when it waits for a reader or for an observer. */
  readonly cancel: () => void;
}

/**
 * Moves bytes from one descriptor to another, to observers, or both. It owns the descriptors: each is closed exactly once,
 * on every path. One conformance suite, `test/support/backend-cases.ts`, holds for every implementation.
 */
export interface StreamBackend {
  readonly name: BackendName;
  readonly carry: (readFd: number, options: TransferOptions) => Transfer;
}

export type BackendName = "node" | "rust";
