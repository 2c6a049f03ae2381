/** What is asked for, and how patiently. */
export interface HttpRequest {
  readonly url: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly retries: number;
  /** Longest time without an answer, or without the next bytes. */
  readonly timeoutMs: number;
  /** Fewest bytes a second, of the time that they are waited for, looked at whenever `timeoutMs` of it are over. */
  readonly minBytesPerSecond: number;
  readonly abort: AbortController;
}
