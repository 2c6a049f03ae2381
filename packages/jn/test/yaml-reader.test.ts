import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { yamlDocuments } from "../src/formats/yaml/yaml-documents.ts";
import { yamlReader } from "../src/formats/yaml/yaml-reader.ts";
import { YamlCollection, yamlJson } from "../src/formats/yaml/yaml-schema.ts";
import { sameForEveryChunkSize, withCuts } from "./support/cuts.ts";
import { failed, runShell } from "./support/jn.ts";
import { transcode, transcodeOrFail } from "./support/transcode.ts";

const RUNS = process.env["JN_TEST_HEAVY"] === "1" ? { numRuns: 20_000 } : { numRuns: 500, seed: 11 };

const make = (maxRecordBytes = 1_000_000) => yamlReader({ source: "in", maxRecordBytes });

/** Streams made of what borders of documents and elements are made of, and of what looks like them. */
const stream: fc.Arbitrary<string> = fc
  .array(
    fc.constantFrom(
      ..."- |a: |b:|c: 1|x|\n|\n|\n  |\n- |\n- |\n    |\n---\n|\n---\n|\n--- # c\n|\n...\n|\n%YAML 1.2\n|[|]|{|}|, ".split(
        "|",
      ),
      ..."1|'q|'|\"d\"|# c\n|\n# - c|&a |*a|? |: |~|!t |!!str |\r\n|\r|é|\u2028|<<: *a|\n-\n|\n-|---|...|\t".split("|"),
      "|\n  t\n",
      ">\n  u\n\n- ",
    ),
    { maxLength: 14 },
  )
  .map((parts) => parts.join(""));

test("yaml: in pieces it means what it means as a whole", () => {
  let read = 0;
  fc.assert(
    fc.property(stream, (text) => {
      const result = transcodeOrFail(() => make(), Buffer.from(text));
      let whole: string | undefined;
      try {
        whole = "";
        for (const value of yamlDocuments("in", 1_000_000)(text, 0)) {
          const elements = value instanceof YamlCollection ? value.elements : undefined;
          for (const json of elements ?? [yamlJson(value)]) whole += `${json}\n`;
        }
      } catch {
        whole = undefined;
      }
      if (whole === undefined) assert.match(result, /!in:\d+:\d+: not YAML: /);
      else {
        assert.equal(Buffer.from(result, "latin1").toString(), whole);
        read++;
      }
    }),
    RUNS,
  );
  assert.ok(read > RUNS.numRuns / 5, `only ${read} streams were YAML`);
});

test("yaml: it does not depend on where the input is cut", () => {
  fc.assert(
    fc.property(withCuts(stream.map((text) => Buffer.from(text))), ([input, cuts]) => {
      sameForEveryChunkSize(() => make(), input, cuts);
    }),
    RUNS,
  );
});

test("yaml: the elements of a long array are read one by one, whatever the length of the array", () => {
  const elements = Array.from({ length: 3000 }, (_, id) => `- id: ${id}\n  tags:\n  - a\n  - |\n    - b\n`).join("");
  const records = Array.from({ length: 3000 }, (_, id) => `{"id":${id},"tags":["a","- b\\n"]}\n`).join("");
  for (const before of ["", "---\n", "# a comment\n\n---  # and one more\n\n"]) {
    const input = Buffer.from(before + elements);
    const cuts = Array.from({ length: Math.floor(input.length / 300) }, (_, at) => 300 * at);
    assert.equal(transcode(() => make(400), input, cuts).toString(), records);
  }
  // An alias may refer to any element before it: from an anchor on the array is one piece.
  const anchored = Buffer.from(`- &a {x: 1}\n${"- y\n".repeat(200)}- <<: *a\n  z: 2\n`);
  assert.equal(transcode(() => make(), anchored).toString(), `{"x":1}\n${'"y"\n'.repeat(200)}{"x":1,"z":2}\n`);
  assert.match(
    transcodeOrFail(() => make(400), anchored),
    /!in: longer than 400 bytes/,
  );
});

test("yaml: what aliases repeat is bounded, and costs no memory before", () => {
  const levels = "abcdefghij".split("");
  const bomb = levels.map(
    (name, at) =>
      `${name}: &${name} [${Array(9)
        .fill(at === 0 ? "lol" : `*${levels[at - 1]}`)
        .join(",")}]\n`,
  );
  const before = process.memoryUsage().rss;
  const result = transcodeOrFail(() => make(100_000_000), Buffer.from(bomb.join("")));
  assert.match(result, /^!in:\d+:\d+: not YAML: by what its aliases repeat it grows too large$/);
  assert.ok(process.memoryUsage().rss - before < 100_000_000, `${process.memoryUsage().rss - before} bytes more`);
  const merges = Array.from(
    { length: 500 },
    (_, at) => `a${at}: &a${at} {${at === 0 ? "x: 1" : `<<: *a${at - 1}`}, k${at}: 1}\n`,
  ).join("");
  assert.match(
    transcodeOrFail(() => make(), Buffer.from(merges)),
    /!in:\d+:\d+: not YAML: merge keys exceeded/,
  );
  assert.match(
    transcodeOrFail(() => make(), Buffer.from("a: &a [*a]\n")),
    /not YAML: recursive alias "a"/,
  );
  // What is no bomb: many aliases of something small.
  const many = Buffer.from(`base: &b {x: 1}\nall: [${Array(1000).fill("*b").join(", ")}]\n`);
  assert.equal(
    transcode(() => make(), many).toString(),
    `{"base":{"x":1},"all":[${Array(1000).fill('{"x":1}').join(",")}]}\n`,
  );
});

test("yaml: keys that are no text, tags of other languages, bytes", () => {
  const input =
    "1: a\n~: b\ntrue: c\n1.50: d\n[x, y]: e\n!ruby/object {z: !<tag:a,2000:b> 5}: f\ng: !!binary |\n  aGVs\n  bG8=\n";
  assert.equal(
    transcode(() => make(), Buffer.from(input)).toString(),
    '{"1":"a","":"b","true":"c","1.50":"d","[\\"x\\",\\"y\\"]":"e","{\\"z\\":\\"5\\"}":"f","g":"aGVsbG8="}\n',
  );
});

test(
  "yaml: a document for which there is no room is an error before the memory is used",
  { timeout: 60_000 },
  async () => {
    const outcome = await runShell(
      "(echo '['; head -c 1500000 /dev/zero | tr '\\0' '0' | sed 's/0/[],/g') | jn cat -~yaml",
      {
        env: { ...process.env, NODE_OPTIONS: "--max-old-space-size=64" },
      },
    );
    failed(outcome, 3, /standard input: what is to be read as a whole takes about \d+ MiB of memory; there are \d+/);
  },
);
