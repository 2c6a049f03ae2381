import fc from "fast-check";

const PIECES = [
  "",
  '"',
  "\\",
  ",",
  ":",
  "[",
  "]",
  "{",
  "}",
  "0",
  "1",
  "-",
  ".",
  "e",
  "t",
  "null",
  " ",
  "\t",
  "\u0001",
  "é",
  "u12",
  "''",
  "//",
];

/** Valid JSON text in which a few places were removed, replaced or filled: valid or not. Without newlines. */
export const mutatedJson: fc.Arbitrary<string> = fc
  .tuple(
    fc.jsonValue({ maxDepth: 3 }),
    fc.array(fc.tuple(fc.nat(), fc.nat({ max: 2 }), fc.constantFrom(...PIECES)), { maxLength: 2 }),
  )
  .map(([value, changes]) => {
    let text = JSON.stringify(value);
    for (const [place, removed, inserted] of changes) {
      const at = place % (text.length + 1);
      text = text.slice(0, at) + inserted + text.slice(at + removed);
    }
    return text.replaceAll(/\p{Surrogate}/gu, "?");
  });
