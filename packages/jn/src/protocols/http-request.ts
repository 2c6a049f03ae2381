/** What is asked for, and how patiently. */
export interface HttpRequest {
  readonly url: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly retries: number;
  /** Longest time without an answer, or without the next bytes. */
  readonly timeoutMs: number;
  readonly abort: AbortController;
}
