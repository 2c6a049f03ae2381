import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { brotliCompressSync, brotliDecompressSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import { br, gz } from "../src/codecs/zlib-codecs.ts";
import type { CodecParts } from "../src/codecs/codec-parts.ts";
import { codecOfBytes } from "../src/codecs/magic.ts";
import { OptionValues } from "../src/plugins/option.ts";
import { firstRecords } from "../src/stages/first-records.ts";
import { readHere, writtenHere } from "./support/in-process.ts";
import { described, failed, folderWith, runJn, runShell, succeeded } from "./support/jn.ts";
import { pidIn, release, runPipes, startShell, until } from "./support/live.ts";

const IS_HEAVY = process.env["JN_TEST_HEAVY"] === "1";

const CSV = `x,y\n${Array.from({ length: 5000 }, (_, index) => `${index},text ${index * 7}`).join("\n")}\n`;
const RECORDS = Array.from({ length: 5000 }, (_, index) => `{"x":${index},"y":"text ${index * 7}"}\n`).join("");

/** What somebody else makes of the bytes: the programs that these formats come from, and for Brotli Node itself. */
const FOREIGN: ReadonlyMap<string, readonly [pack: (bytes: Buffer) => Buffer, unpack: (bytes: Buffer) => Buffer]> =
  new Map([
    ["gz", program("gzip")],
    ["xz", program("xz")],
    ["bz2", program("bzip2")],
    ["zst", program("zstd")],
    ["lz4", program("lz4")],
    ["br", [(bytes: Buffer) => brotliCompressSync(bytes), (bytes: Buffer) => brotliDecompressSync(bytes)] as const],
  ]);

/** One codec of Node, and one of a program, go through the real program; the others differ in what they call only. */
const THROUGH_PROGRAM: ReadonlySet<string> = new Set(IS_HEAVY ? FOREIGN.keys() : ["gz", "xz"]);

for (const [codec, [pack, unpack]] of FOREIGN) {
  test(`${codec}: what others compress is read, from a file, standard input, and under a wrong name`, async (context) => {
    const packed = pack(Buffer.from(CSV));
    const cwd = folderWith(context, { [`in.csv.${codec}`]: packed, "in.csv": packed });
    const addresses = [`in.csv.${codec}`, `in.csv?codec=${codec}`];
    // Brotli cannot be told by its bytes.
    if (codec !== "br") addresses.push("in.csv");
    for (const address of addresses) assert.equal(await readHere([join(cwd, address)]), RECORDS, address);
    const commands = [codec === "br" ? "cat in.csv | jn cat '-~csv?codec=br'" : "cat in.csv | jn filter . -~csv"];
    if (!THROUGH_PROGRAM.has(codec)) return;
    if (IS_HEAVY) commands.push(`jn cat in.csv.${codec}`, `jn cat '-~csv?codec=${codec}' < in.csv`);
    for (const command of commands) {
      const outcome = await runShell(command, { cwd });
      assert.equal(succeeded(outcome), RECORDS, described(outcome));
    }
  });

  test(`${codec}: what jn compresses, others read, and jn`, async (context) => {
    const cwd = folderWith(context);
    if (THROUGH_PROGRAM.has(codec)) {
      const written = await runJn(["put", `out.csv.${codec}`], { cwd, input: RECORDS });
      assert.equal(succeeded(written), "", described(written));
    } else writeFileSync(join(cwd, `out.csv.${codec}`), await writtenHere(RECORDS, `out.csv.${codec}`));
    assert.equal(unpack(readFileSync(join(cwd, `out.csv.${codec}`))).toString(), CSV);
    assert.equal(await readHere([join(cwd, `out.csv.${codec}`)]), RECORDS);
    if (!IS_HEAVY) return;
    const piped = await runShell(`jn put '-~csv?codec=${codec}' | jn cat '-~csv?codec=${codec}'`, {
      cwd,
      input: RECORDS,
    });
    assert.equal(succeeded(piped), RECORDS, described(piped));
  });

  if (codec !== "br") {
    test(`${codec}: several compressed pieces in a row are one source`, async (context) => {
      const half = CSV.indexOf("\n2500,") + 1;
      const packed = Buffer.concat([pack(Buffer.from(CSV.slice(0, half))), pack(Buffer.from(CSV.slice(half)))]);
      const cwd = folderWith(context, { [`in.csv.${codec}`]: packed });
      assert.equal(await readHere([join(cwd, `in.csv.${codec}`)]), RECORDS);
    });
  }

  test(`${codec}: data that is cut off or damaged is an error with exit 3, and no target is made of it`, async (context) => {
    const packed = pack(Buffer.from(CSV));
    const damaged = Buffer.from(packed);
    damaged.fill(0xa5, Math.floor(packed.length / 2), Math.floor(packed.length / 2) + 40);
    const cwd = folderWith(context, {
      [`cut.csv.${codec}`]: packed.subarray(0, packed.length - 7),
      [`half.csv.${codec}`]: packed.subarray(0, packed.length / 2),
      [`damaged.csv.${codec}`]: damaged,
      [`plain.csv.${codec}`]: "x\n1\n",
      [`empty.csv.${codec}`]: "",
    });
    for (const name of ["cut", "half", "damaged", "plain"]) {
      await assert.rejects(async () => await readHere([join(cwd, `${name}.csv.${codec}`)]), { code: "BAD_DATA" });
      if (!THROUGH_PROGRAM.has(codec) || (name !== "cut" && !IS_HEAVY)) continue;
      const outcome = await runShell(`jn cat ${name}.csv.${codec} | jn put ${name}.json; echo $?; ls ${name}.json`, {
        cwd,
      });
      assert.match(outcome.stdout, /^3\n$/, described(outcome));
      // Damaged data may first become bad records.
      const where = name === "damaged" ? "" : ": \\w+: ";
      assert.match(outcome.stderr, new RegExp(`jn cat: ${name}\\.csv\\.${codec}${where}`), described(outcome));
    }
  });

  test(`${codec}: whoever wants the first record only gets it, and everything upstream ends`, async (context) => {
    const cwd = folderWith(context);
    writeFileSync(join(cwd, `in.ndjson.${codec}`), pack(Buffer.from('{"x":1}\n'.repeat(300_000))));
    const stage = firstRecords(1, { source: "in", maxRecordBytes: 1000 });
    const address = `${join(cwd, `in.ndjson.${codec}`)}?max-expand=100000`;
    assert.equal(await readHere([address], {}, stage), '{"x":1}\n');
    if (!THROUGH_PROGRAM.has(codec)) return;
    const outcome = await runPipes(
      `{ jn cat 'in.ndjson.${codec}?max-expand=100000'; echo $? > status; } | head -n 1; cat status`,
      { cwd },
    );
    assert.equal(succeeded(outcome), '{"x":1}\n141\n', described(outcome));
    if (codec !== "gz" && !IS_HEAVY) return;
    const own = await runPipes(`jn head -n 1 'in.ndjson.${codec}?max-expand=100000'`, { cwd });
    assert.equal(succeeded(own), '{"x":1}\n', described(own));
  });
}

for (const [name, codec, pack] of [
  ["gz", gz, gzipSync],
  ["br", br, brotliCompressSync],
] as const) {
  test(`${name}: what comes out does not depend on where the input is cut`, async () => {
    const text = Buffer.from(`${"some text, ".repeat(30)}${"é".repeat(20)}\n`);
    const input = name === "gz" ? Buffer.concat([pack(text), pack(text)]) : pack(text);
    const whole = await decoded(codec, [input]);
    assert.equal(whole, (name === "gz" ? 2 : 1) * text.length);
    assert.equal(
      await decoded(
        codec,
        [...input].map((byte) => Buffer.from([byte])),
      ),
      whole,
      "single bytes",
    );
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: input.length }), fc.nat({ max: input.length }), async (a, b) => {
        const [first, second] = [Math.min(a, b), Math.max(a, b)];
        assert.equal(
          await decoded(codec, [input.subarray(0, first), input.subarray(first, second), input.subarray(second)]),
          whole,
        );
      }),
      { numRuns: 60 },
    );
  });

  test(`${name}: every shorter piece of it is an error`, async () => {
    const packed = pack(Buffer.from("some text that is compressed, some text that is not\n"));
    for (let length = 1; length < packed.length; length++) {
      assert.match(String(await decoded(codec, [packed.subarray(0, length)])), /ends too early/, `${length} bytes`);
    }
    const after = await decoded(codec, [Buffer.concat([packed, Buffer.from("more")])]);
    assert.match(String(after), /no gzip data, or damaged|more after the end/);
  });
}

test("an expansion bomb stops at the stated ratio; who knows better can allow it", async (context) => {
  const cwd = folderWith(context);
  const bomb = await runPipes(
    "yes 1 | head -c 15000000 | gzip > bomb.ndjson.gz; jn cat bomb.ndjson.gz | tail -c 2 | wc -c",
    {
      cwd,
    },
  );
  assert.match(
    bomb.stderr,
    /^jn cat: bomb\.ndjson\.gz: \d+ compressed bytes have become more than 100 times as many; if that is right, allow more/,
    described(bomb),
  );
  const counted = await runPipes("jn cat bomb.ndjson.gz 2>/dev/null | wc -c", { cwd });
  assert.ok(Number(counted.stdout) < 12_000_000, described(counted));
  const allowed = await runPipes("jn cat 'bomb.ndjson.gz?max-expand=2000' | wc -c", { cwd });
  assert.equal(allowed.stdout.trim(), "15000000", described(allowed));
});

test("a live compressed source shows a record as soon as it is there", async (context) => {
  const cwd = folderWith(context);
  for (const file of ["one", "two"]) writeFileSync(join(cwd, `${file}.gz`), gzipSync(`{"from":"${file}"}\n`));
  const live = startShell("mkfifo go; { cat one.gz; read -r < go; cat two.gz; } | jn cat | cat", { cwd });
  context.after(() => live.child.kill("SIGKILL"));
  await until(live, () => live.stdout() === '{"from":"one"}\n');
  await release(cwd, "go");
  assert.equal(succeeded(await live.outcome), '{"from":"one"}\n{"from":"two"}\n');
});

test("put: a signal while it compresses leaves the target as it was, and no temporary file", async (context) => {
  for (const codec of ["gz", "xz"]) {
    const cwd = folderWith(context, { [`out.json.${codec}`]: "as it was" });
    const live = startShell(`mkfifo go; { echo '{"x":1}'; read -r < go; } | as put put out.json.${codec}; echo $?`, {
      cwd,
    });
    context.after(() => live.child.kill("SIGKILL"));
    const pid = await until(live, () => pidIn(cwd, "put"));
    await until(live, () => readFileSync(`/proc/${pid}/wchan`, "utf8") !== "" && temporaryIn(cwd));
    process.kill(pid, "SIGTERM");
    await release(cwd, "go");
    const outcome = await live.outcome;
    assert.match(outcome.stdout, /^143\n$/, described(outcome));
    assert.equal(readFileSync(join(cwd, `out.json.${codec}`), "utf8"), "as it was");
    assert.equal(temporaryIn(cwd), false, described(outcome));
  }
});

test("a codec whose program is missing says so, exit 2", async (context) => {
  const cwd = folderWith(context, { "in.csv.xz": Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]) });
  mkdirSync(join(cwd, "nothing"));
  const outcome = await runJn(["cat", "in.csv.xz"], { cwd, env: { ...process.env, PATH: join(cwd, "nothing") } });
  failed(outcome, 2, /^jn cat: in\.csv\.xz: xz: xz needs the program xz; install it, or unpack the data first/);
});

test("the extension says which codec, the bytes know better, ?codec= knows best", async (context) => {
  const cwd = folderWith(context, {
    "gzip.csv.zst": gzipSync("x\n1\n"),
    "plain.csv.gz": "x\n1\n",
    "packed.csv": gzipSync("x\n1\n"),
  });
  for (const address of ["gzip.csv.zst", "plain.csv.gz?codec=none", "packed.csv"]) {
    const outcome = await runJn(["cat", address], { cwd });
    assert.equal(succeeded(outcome), '{"x":1}\n', described(outcome));
  }
  failed(await runJn(["cat", "plain.csv.gz"], { cwd }), 3, /plain\.csv\.gz: gzip: it is no gzip data, .* \?codec=none/);
  failed(await runJn(["cat", "packed.csv?codec=none"], { cwd }), 3, /invalid UTF-8/);
});

test("the first bytes tell a codec, and nothing that is text", () => {
  assert.equal(codecOfBytes(gzipSync("x")), "gz");
  assert.equal(codecOfBytes(Buffer.from("BZh91AY&SY")), "bz2");
  assert.equal(codecOfBytes(Buffer.from("BZh91AY&S")), "short");
  for (const text of ["", "B,C\n", "(a)", "BZhello", "{}", "\ufeffx"]) {
    assert.equal(codecOfBytes(Buffer.from(text)), undefined, text);
  }
});

/** How many bytes come out, or the error's message. */
async function decoded(codec: CodecParts, chunks: readonly Buffer[]): Promise<number | string> {
  const options = new OptionValues(new Map(), [], "test");
  const stage = await codec.decode!(options, { name: "test", maxRecordBytes: 1000, warn: () => undefined });
  async function* input(): AsyncGenerator<Buffer> {
    yield* chunks;
  }
  let count = 0;
  try {
    for await (const chunk of stage(input())) count += chunk.length;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return count;
}

function program(name: string): readonly [pack: (bytes: Buffer) => Buffer, unpack: (bytes: Buffer) => Buffer] {
  const through =
    (...args: string[]) =>
    (bytes: Buffer): Buffer => {
      const { stdout, stderr, status } = spawnSync(name, args, { input: bytes, maxBuffer: 1e9 });
      assert.equal(status, 0, `${name} ${args.join(" ")}: ${stderr.toString()}`);
      return stdout;
    };
  return [through("-c"), through("-d", "-c")];
}

function temporaryIn(folder: string): boolean {
  return spawnSync("ls", ["-A", folder], { encoding: "utf8" }).stdout.includes(".tmp");
}
