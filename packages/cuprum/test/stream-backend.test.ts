import { test } from "node:test";
import { streamBackend } from "../src/streams/backend-choice.ts";
import { absence } from "./support/backends.ts";
import { backendCases } from "./support/backend-cases.ts";

for (const name of ["node", "rust"] as const) {
  const reason = absence(name);
  if (reason === undefined) backendCases(name, () => streamBackend(name).backend);
  else void test(`${name} backend`, { skip: reason }, () => {});
}
