import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { CODECS } from "../src/plugins/registry.ts";
import { readHere, writtenHere } from "./support/in-process.ts";
import { failed, folderWith, runJn, succeeded } from "./support/jn.ts";

// Archives, packed files and schemas that are made to harm, or are cut off.

const rejects = async (address: string, message: RegExp, maxRecordBytes = 1_000_000): Promise<void> => {
  await assert.rejects(
    async () => await readHere([address], { maxRecordBytes }),
    { code: "BAD_DATA", message },
    address,
  );
};

/** A ZIP archive by Python, which lets its parts be anything. */
function python(cwd: string, script: string): void {
  const made = spawnSync("python3", ["-c", `import struct, zipfile, zlib\n${script}`], { cwd, encoding: "utf8" });
  assert.equal(made.status, 0, made.stderr);
}

describe("ZIP archives", { timeout: 60_000 }, () => {
  test("members that share their data, as in bombs of a few kilobytes, are refused; others of the archive are read", async (context) => {
    const cwd = folderWith(context);
    // Two members: the data of the first one begins with a stored block that has the second one's header in it (Fifield, 2019).
    python(
      cwd,
      `
def local(name, method, crc, packed, size): return struct.pack('<IHHHHHIIIHH', 0x04034b50, 20, 0, method, 0, 0, crc, packed, size, len(name), 0) + name
def entry(name, method, crc, packed, size, at): return struct.pack('<IHHHHHHIIIHHHHHII', 0x02014b50, 20, 20, 0, method, 0, 0, crc, packed, size, len(name), 0, 0, 0, 0, 0, at) + name
text = b'x\\n1\\n'
z = zlib.compressobj(9, zlib.DEFLATED, -15); kernel = z.compress(text) + z.flush()
b = local(b'b.csv', 8, zlib.crc32(text), len(kernel), len(text)) + kernel
quoted = local(b'b.csv', 8, zlib.crc32(text), len(kernel), len(text))
data = b'\\x00' + struct.pack('<HH', len(quoted), 0xffff ^ len(quoted)) + quoted + kernel
whole = quoted + text
a = local(b'a.csv', 8, zlib.crc32(whole), len(data), len(whole))
c = local(b'c.csv', 0, zlib.crc32(text), len(text), len(text)) + text
body = c + a + data
inner = len(c) + len(a) + 5
names = [(b'c.csv', 0, zlib.crc32(text), len(text), len(text), 0), (b'a.csv', 8, zlib.crc32(whole), len(data), len(whole), len(c)), (b'b.csv', 8, zlib.crc32(text), len(kernel), len(text), inner)]
directory = b''.join(entry(*n) for n in names)
open('a.zip', 'wb').write(body + directory + struct.pack('<IHHHHIIH', 0x06054b50, 0, 0, 3, 3, len(directory), len(body), 0))
`,
    );
    await rejects(`${join(cwd, "a.zip")}!a.csv`, /a\.zip!a\.csv: it overlaps what comes after it/);
    assert.equal(await readHere([`${join(cwd, "a.zip")}!c.csv`]), '{"x":1}\n');
  });

  test("a member's name is only compared: no name of it, or link in it, reaches a file", async (context) => {
    const cwd = folderWith(context, { "secret.csv": "x\nsecret\n" });
    python(
      cwd,
      `
z = zipfile.ZipFile('a.zip', 'w')
for name in ['../secret.csv', '/etc/passwd', 'a/../../secret.csv', 'CON.csv']: z.writestr(name, 'x\\n1\\n')
link = zipfile.ZipInfo('link.csv'); link.external_attr = 0o120777 << 16; z.writestr(link, '../secret.csv')
z.close()
`,
    );
    const archive = join(cwd, "a.zip");
    for (const name of ["../secret.csv", "/etc/passwd~csv", "a/../../secret.csv", "CON.csv"])
      assert.equal(await readHere([`${archive}!${name}`]), '{"x":1}\n', name);
    // A link is what it holds: a text.
    assert.equal(await readHere([`${archive}!link.csv~lines`]), '{"line":1,"text":"../secret.csv"}\n');
    await rejects(`${archive}!secret.csv`, /there is no member 'secret\.csv'/);
    await rejects(`${archive}!a\u0000.csv`, /there is no member/);
  });

  test("what the end of an archive claims is compared with its size", async (context) => {
    const cwd = folderWith(context, { "in.csv": "x\n1\n" });
    python(cwd, "z = zipfile.ZipFile('a.zip', 'w'); z.write('in.csv'); z.close()");
    const whole = readFileSync(join(cwd, "a.zip"));
    const end = whole.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]));
    for (const [field, message] of [
      [12, /the directory of the archive is too large/],
      [16, /there is no member|is damaged/],
    ] as const) {
      const lying = Buffer.from(whole);
      lying.writeUInt32LE(0x0f00_0000, end + field);
      writeFileSync(join(cwd, "lying.zip"), lying);
      await rejects(`${join(cwd, "lying.zip")}!in.csv`, message);
    }
  });
});

describe("workbooks", { timeout: 60_000 }, () => {
  test("bombs: by size, by a size that is a lie, by texts that all cells share, by parts that overlap", async (context) => {
    const cwd = folderWith(context);
    const rows = Array.from({ length: 3000 }, (_, id) => `{"id":${id}}\n`).join("");
    writeFileSync(join(cwd, "plain.xlsx"), await writtenHere(rows, "plain.xlsx"));
    python(
      cwd,
      `
def change(target, sizes={}, parts={}, overlap=False):
    source = zipfile.ZipFile('plain.xlsx'); out = zipfile.ZipFile(target, 'w', zipfile.ZIP_DEFLATED)
    for info in source.infolist(): out.writestr(info.filename, parts.get(info.filename) or source.read(info.filename))
    for name, text in parts.items():
        if name not in source.namelist(): out.writestr(name, text)
    out.close()
    data = bytearray(open(target, 'rb').read()); at = struct.unpack('<I', data[-6:-2])[0]
    for info in zipfile.ZipFile(target).infolist():
        if info.filename in sizes: data[at + 24:at + 28] = struct.pack('<I', sizes[info.filename])
        if overlap: data[at + 20:at + 24] = struct.pack('<I', len(data))
        at += 46 + len(info.filename) + struct.unpack('<H', data[at + 30:at + 32])[0]
    open(target, 'wb').write(data)
sheet = 'xl/worksheets/sheet1.xml'
change('big.xlsx', parts={sheet: '<worksheet><sheetData>' + ' ' * 30000000 + '</sheetData></worksheet>'})
change('lie.xlsx', sizes={sheet: 1000})
change('texts.xlsx', sizes={'xl/sharedStrings.xml': 4000000000}, parts={'xl/sharedStrings.xml': '<sst/>', 'xl/media/noise': bytes(zlib.crc32(bytes([i % 251, i // 251 % 251, i // 63001])) & 255 for i in range(1000000)) * 41})
change('overlap.xlsx', overlap=True)
`,
    );
    for (const [file, message] of [
      ["big.xlsx", /the workbook would grow from \d+ to \d+ bytes, more than 100 times/],
      ["lie.xlsx", /lie\.xlsx: .*exceeds limit of 1000 bytes/],
      ["texts.xlsx", /more than 100 times|takes about \d+ MiB of memory/],
      ["overlap.xlsx", /parts of the workbook overlap/],
    ] as const)
      await rejects(join(cwd, file), message, 100_000_000);
  });
});

describe("Avro: nesting and counts have bounds", () => {
  const long = (value: number): Buffer => {
    const bytes = [];
    let rest = BigInt(value) * 2n;
    for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
    return Buffer.from([...bytes, Number(rest)]);
  };
  const text = (value: string): Buffer => Buffer.concat([long(value.length), Buffer.from(value)]);
  const sync = Buffer.alloc(16, 7);
  const file = (schema: string, count: number, body: Buffer): Buffer =>
    Buffer.concat([
      Buffer.from("Obj\u0001"),
      long(1),
      text("avro.schema"),
      text(schema),
      long(0),
      sync, // the header
      long(count),
      long(body.length),
      body,
      sync, // a block
    ]);
  const NODE = '{"type":"record","name":"N","fields":[{"name":"n","type":["null","N"]}]}';
  for (const [what, bytes, message] of [
    [
      "a schema of 5000 levels",
      file(`${'{"type":"array","items":'.repeat(5000)}"int"${"}".repeat(5000)}`, 1, long(0)),
      /nested too deeply/,
    ],
    [
      "a value of 5000 levels",
      file(NODE, 1, Buffer.concat([Buffer.alloc(5000, 2), long(0)])),
      /nested deeper than 1000 levels/,
    ],
    [
      "an array of 2^40 nulls",
      file('{"type":"array","items":"null"}', 1, Buffer.concat([long(2 ** 40), long(0)])),
      /far more empty values than bytes/,
    ],
    [
      "2^40 records of nothing",
      file('{"type":"record","name":"E","fields":[]}', 2 ** 40, Buffer.alloc(0)),
      /far more empty values than bytes/,
    ],
    ["a string of 2^40 bytes", file('"string"', 1, long(2 ** 40)), /the bytes end inside a value/],
  ] as const) {
    test(what, async (context) => {
      await rejects(join(folderWith(context, { "a.avro": bytes }), "a.avro"), message);
    });
  }
});

describe("a packed source that is cut off is an error, wherever it is cut", { timeout: 120_000 }, () => {
  for (const { name } of CODECS) {
    test(name, async (context) => {
      const records = Array.from({ length: 300 }, (_, id) => `{"id":${id},"x":"${(id * 7919) % 10007}"}\n`).join("");
      const bytes = await writtenHere(records, `-~ndjson?codec=${name}`);
      const cwd = folderWith(context);
      for (const share of [0.2, 0.9, 1 - 1 / bytes.length]) {
        const path = join(cwd, `cut.ndjson.${name}`);
        writeFileSync(path, bytes.subarray(0, Math.floor(bytes.length * share)));
        await assert.rejects(async () => await readHere([path]), { code: "BAD_DATA" }, `${name} cut to ${share}`);
      }
    });
  }
});

test("profiles: no name reaches a file outside of the folders", async (context) => {
  const cwd = folderWith(context, { "secret.json": '{"pattern":"*.csv"}', "a.csv": "x\n1\n" });
  mkdirSync(join(cwd, ".jn/profiles/ns"), { recursive: true });
  for (const name of ["@../secret", "@ns/../../../secret", "@/etc/passwd", "@ns/..", "@ns//../secret"]) {
    failed(await runJn(["cat", name], { cwd }), 2, /a profile is called @namespace\/name/);
  }
});

test(
  "profiles: no link leads out of their folder, and nothing but a file is read",
  { timeout: 60_000 },
  async (context) => {
    const cwd = folderWith(context, { "secret.json": '{"pattern":"*.csv"}', "a.csv": "x\n1\n" });
    const folder = join(cwd, ".jn/profiles");
    mkdirSync(join(folder, "ns"), { recursive: true });
    mkdirSync(join(cwd, "other"));
    writeFileSync(join(cwd, "other/b.json"), '{"pattern":"*.csv"}');
    writeFileSync(join(folder, "ns/good.json"), '{"pattern":"*.csv"}');
    symlinkSync(join(cwd, "secret.json"), join(folder, "ns/link.json"));
    symlinkSync("good.json", join(folder, "ns/inside.json"));
    symlinkSync(join(cwd, "other"), join(folder, "away"));
    for (const name of ["ns/link", "away/b"]) {
      failed(await runJn(["cat", `@${name}`], { cwd }), 2, /leads out of \.jn\/profiles, which is not followed/);
      failed(await runJn(["profile", "info", `@${name}`], { cwd }), 2, /leads out of/);
    }
    assert.equal(succeeded(await runJn(["cat", "@ns/inside"], { cwd })), '{"x":1}\n');
    symlinkSync(join(cwd, "secret.json"), join(folder, "ns/_meta.json"));
    failed(await runJn(["cat", "@ns/good"], { cwd }), 2, /_meta\.json: it leads out of/);
    rmSync(join(folder, "ns/_meta.json"));
    assert.equal(spawnSync("mkfifo", [join(folder, "ns/fifo.json")]).status, 0);
    failed(await runJn(["cat", "@ns/fifo"], { cwd }), 2, /fifo\.json: it is no regular file/);
    // The folder itself may be a link: whoever made it chose it.
    const linked = folderWith(context, { "a.csv": "x\n2\n" });
    mkdirSync(join(linked, ".jn"));
    symlinkSync(folder, join(linked, ".jn/profiles"));
    assert.equal(succeeded(await runJn(["cat", "@ns/good"], { cwd: linked })), '{"x":2}\n');
  },
);
