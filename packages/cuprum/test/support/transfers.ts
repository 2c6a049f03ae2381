import assert from "node:assert/strict";
import { readdirSync, readlinkSync } from "node:fs";
import { setImmediate as turn } from "node:timers/promises";
import { loadNative } from "@cuprum/native";
import fc, { type Arbitrary } from "fast-check";
import { type KernelPipe, makePipes } from "../../src/wiring/kernel-pipe.ts";

const load = loadNative();
if (!load.available && process.env["REQUIRE_NATIVE"] === "1") throw new Error(`REQUIRE_NATIVE=1, but: ${load.reason}`);
/** Why a test of the backend `rust` is skipped, or false. */
export const skip: string | false = load.available ? false : load.reason;
export const HEAVY: boolean = process.env["JN_TEST_HEAVY"] === "1";

/** Every stream backend, the reference first. */
export const BACKENDS: readonly ["node", "rust"] = ["node", "rust"];

/** The pipes and FIFOs of ours that are open. */
export function openPipes(): string[] {
  const links = readdirSync("/proc/self/fd").flatMap((fd) => {
    try {
      return [`${fd} ${readlinkSync(`/proc/self/fd/${fd}`)}`];
    } catch {
      return [];
    }
  });
  return links.filter((link) => /pipe:|cuprum-/.test(link)).toSorted();
}

export async function* pieces(bytes: Uint8Array, cuts: readonly number[]): AsyncGenerator<Uint8Array, void> {
  let from = 0;
  for (const cut of [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].toSorted((a, b) => a - b)) {
    if (cut > from) yield bytes.subarray(from, cut);
    from = cut;
    await turn();
  }
}

/** Bytes with ends of lines, and characters that are cut, or are none. */
export const bytesOfLines: Arbitrary<Buffer> = fc
  .array(
    fc.oneof(
      fc.constantFrom("\n", "\r\n", "\r", "a", "é", "☃", "😀", "\uFEFF").map((text) => Buffer.from(text)),
      fc.uint8Array({ maxLength: 8 }).map((bytes) => Buffer.from(bytes)),
    ),
    { maxLength: 100 },
  )
  .map((parts) => Buffer.concat(parts));
export const someCuts: Arbitrary<number[]> = fc.array(fc.nat(), { maxLength: 8 });

/** A pipe, made in the way that this machine makes them. */
export async function newPipe(): Promise<KernelPipe> {
  const [made] = await makePipes(1, load.available ? load.module : undefined);
  assert.ok(made !== undefined);
  return made;
}

/** What the lines of these bytes are, by TextDecoder. */
export function decodedLines(bytes: Uint8Array): string[] {
  const lines = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes).split("\n");
  const last = lines.pop() ?? "";
  return [...lines.map((line) => line.replace(/\r$/, "")), ...(last === "" ? [] : [last])];
}
