import assert from "node:assert/strict";
import { test } from "node:test";
import { TextDecoder } from "node:util";
import fc from "fast-check";
import { textDecoder } from "../src/text/text-decoder.ts";
import { sameForEveryCut, withCuts } from "./support/cuts.ts";

function decode(encoding: string, input: Buffer): string {
  const result = sameForEveryCut(() => textDecoder(encoding, "in.csv"), input, [3]);
  return Buffer.from(result, "latin1").toString();
}

const CASES: readonly (readonly [encoding: string, input: Buffer, expected: string])[] = [
  ["latin1", Buffer.from("caf\xe9 \x80", "latin1"), "café €"],
  ["windows-1252", Buffer.from("\x93x\x94", "latin1"), "“x”"],
  ["utf-16le", Buffer.from("aé漢😀", "utf16le"), "aé漢😀"],
  ["utf-16le", Buffer.from("\ufeffa", "utf16le"), "a"],
  ["utf-16be", Buffer.from("aé", "utf16le").swap16(), "aé"],
  ["utf-16le", Buffer.from("61", "hex"), "\ufffd"],
  ["utf-8", Buffer.from("\ufeffé"), "é"],
  ["UTF-8", Buffer.from("a\xffb\xe6\xbc", "latin1"), "a\ufffdb\ufffd"],
  ["shift_jis", Buffer.from("93fa967b", "hex"), "日本"],
  ["utf-8", Buffer.alloc(0), ""],
];
for (const [encoding, input, expected] of CASES)
  test(`text decoder: ${encoding}: ${JSON.stringify(expected)}`, () => assert.equal(decode(encoding, input), expected));

test("text decoder: any bytes, cut anywhere, are what TextDecoder makes of the whole", () => {
  const bytes = fc
    .array(
      fc.oneof(fc.nat({ max: 255 }), fc.constantFrom(0xe6, 0xbc, 0xa2, 0xf0, 0x9f, 0xd8, 0xdc, 0xef, 0xbb, 0xbf)),
      { maxLength: 24 },
    )
    .map((values) => Buffer.from(values));
  fc.assert(
    fc.property(
      withCuts(bytes),
      fc.constantFrom("utf-8", "utf-16le", "latin1", "shift_jis"),
      ([input, cuts], encoding) => {
        const result = sameForEveryCut(() => textDecoder(encoding, "in"), input, cuts);
        const decoder = new TextDecoder(encoding);
        // Streaming: without it, some versions of Node take windows-1252 for ISO-8859-1.
        const expected = decoder.decode(input, { stream: true }) + decoder.decode();
        assert.equal(Buffer.from(result, "latin1").toString(), expected);
      },
    ),
    { numRuns: 500 },
  );
});

test("text decoder: an encoding that does not exist is refused, with the usual ones", () => {
  assert.throws(() => textDecoder("utf-9", "in.csv"), {
    code: "USAGE",
    message: "in.csv: there is no encoding 'utf-9'; common ones: utf-8, latin1, windows-1252, utf-16le",
  });
});
