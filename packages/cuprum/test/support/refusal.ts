import assert from "node:assert/strict";
import { CuprumError, type CuprumErrorCode } from "cuprum";

/** Asserts that `work` throws, or rejects with, a `CuprumError` of this code whose message matches. */
export async function refuses(work: () => unknown, code: CuprumErrorCode, message: RegExp = /./): Promise<CuprumError> {
  let value: unknown;
  try {
    value = await work();
  } catch (error) {
    assert.ok(error instanceof CuprumError, `not a CuprumError: ${String(error)}`);
    assert.equal(error.code, code, error.message);
    assert.match(error.message, message);
    return error;
  }
  throw new assert.AssertionError({ message: `expected ${code}, but it returned ${String(value)}` });
}
