import { CuprumError } from "../cuprum-error.ts";

/** @throws CuprumError `INVALID_ARGUMENT` saying what is wrong with the value */
export function refuse(kind: string, value: string, fault: string): never {
  throw new CuprumError("INVALID_ARGUMENT", `${kind} ${JSON.stringify(value)} ${fault}`);
}
