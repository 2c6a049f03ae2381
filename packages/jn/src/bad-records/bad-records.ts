/** Where a command puts records that are none, so that it can go on with those after them. */
export interface BadRecords {
  /**
   * Takes what `error` is about.
   *
   * @throws the error itself, when it is not about a single record
   */
  take(error: unknown, raw: RawRecord): void;
}

/** The bytes of a record that is none, as they stand in its source. They are only lent. */
export interface RawRecord {
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
  /** The byte of the source at which it begins; undefined where that is not known. */
  readonly byte: number | undefined;
  /** How long it was, if not all of it is there. */
  readonly length?: number;
}

/** As much of a bad record as is kept: 64 KiB. */
export const MAX_RAW_BYTES: number = 64 * 1024;
