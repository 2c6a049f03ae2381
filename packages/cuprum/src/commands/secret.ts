import { CuprumError } from "../cuprum-error.ts";
import { inspectAs } from "./inspection.ts";

/** An argument that no event, error or log shows. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The text itself: what the program gets. */
  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }
}

inspectAs(Secret, () => REDACTED);

/** What stands in the place of a secret. */
export const REDACTED = "[redacted]";

/**
 * Marks an argument as a secret: `curl("-H", secret(`Authorization: ${token}`))`.
 *
 * @throws CuprumError `INVALID_ARGUMENT` when it is no text
 */
export function secret(value: string): Secret {
  if (typeof value !== "string") {
    throw new CuprumError("INVALID_ARGUMENT", `a secret is text, not ${typeof value}; is a variable not set?`);
  }
  return new Secret(value);
}
