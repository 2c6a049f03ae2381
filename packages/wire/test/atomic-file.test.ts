import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test, type TestContext } from "node:test";
import { AtomicFile } from "../src/atomic-file.ts";
import { systemCode, WireError } from "../src/wire-error.ts";

function folder(context: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), "wire-atomic-"));
  context.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** Writes the content and ends the file by `end`. */
function write(path: string, content: string, end: "commit" | "discard"): void {
  const file = AtomicFile.open(path);
  writeSync(file.fd, content);
  file[end]();
}

function failsWith(code: string, message: RegExp): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof WireError && error.code === "IO");
    assert.match(error.message, message);
    assert.equal(systemCode(error.cause), code);
    return true;
  };
}

test("atomic file: the target is untouched until commit, then complete, and nothing else is left", (context) => {
  const at = folder(context);
  const path = join(at, "target");
  writeFileSync(path, "old");
  const file = AtomicFile.open(path);
  writeSync(file.fd, "new");
  assert.equal(readFileSync(path, "utf8"), "old");
  file.commit();
  assert.equal(readFileSync(path, "utf8"), "new");
  assert.deepEqual(readdirSync(at), ["target"]);
});

test("atomic file: a new file appears only on commit, with the permissions that the umask gives", (context) => {
  const at = folder(context);
  const path = join(at, "target");
  const file = AtomicFile.open(path);
  assert.ok(!readdirSync(at).includes("target"));
  file.commit();
  writeFileSync(join(at, "usual"), "");
  assert.equal(statSync(path).mode, statSync(join(at, "usual")).mode);
});

test("atomic file: the target keeps its permissions, whatever the umask", (context) => {
  const path = join(folder(context), "target");
  for (const mode of [0o600, 0o666, 0o755, 0o444]) {
    writeFileSync(path, "", { flag: "a" });
    chmodSync(path, mode);
    write(path, "new", "commit");
    assert.equal(statSync(path).mode & 0o7777, mode);
    chmodSync(path, 0o600);
  }
});

test("atomic file: a symbolic link stays one, and the file it points to is replaced where it is", (context) => {
  const at = folder(context);
  mkdirSync(join(at, "elsewhere"));
  for (const [name, existing] of [
    ["present", true],
    ["absent", false],
  ] as const) {
    const real = join(at, "elsewhere", name);
    const link = join(at, `link-${name}`);
    if (existing) writeFileSync(real, "old");
    symlinkSync(`elsewhere/${name}`, link);
    write(link, "new", "commit");
    assert.ok(lstatSync(link).isSymbolicLink(), name);
    assert.equal(readlinkSync(link), `elsewhere/${name}`);
    assert.equal(readFileSync(real, "utf8"), "new");
  }
  assert.deepEqual(readdirSync(join(at, "elsewhere")), ["absent", "present"]);
});

test("atomic file: discard leaves the target and no temporary file, and may be called again, or after commit", (context) => {
  const at = folder(context);
  const path = join(at, "target");
  writeFileSync(path, "old");
  const file = AtomicFile.open(path);
  writeSync(file.fd, "new");
  file.discard();
  file.discard();
  assert.equal(readFileSync(path, "utf8"), "old");
  const committed = AtomicFile.open(path);
  writeSync(committed.fd, "newer");
  committed.commit();
  committed.discard();
  assert.equal(readFileSync(path, "utf8"), "newer");
  assert.deepEqual(readdirSync(at), ["target"]);
});

test("atomic file: two writers of one target do not meet: the last commit wins, complete", (context) => {
  const at = folder(context);
  const path = join(at, "target");
  const first = AtomicFile.open(path);
  const second = AtomicFile.open(path);
  writeSync(first.fd, "first");
  writeSync(second.fd, "second");
  second.commit();
  assert.equal(readFileSync(path, "utf8"), "second");
  first.commit();
  assert.equal(readFileSync(path, "utf8"), "first");
  assert.deepEqual(readdirSync(at), ["target"]);
});

test("atomic file: a name of the greatest length that the file system takes has room for a temporary one", (context) => {
  const at = folder(context);
  const name = "n".repeat(255);
  write(join(at, name), "new", "commit");
  assert.deepEqual(readdirSync(at), [name]);
});

test(
  "atomic file: what a killed process left is removed by the next one; what is a live one's, or may be one's elsewhere, is not",
  { timeout: 60_000, skip: process.platform === "linux" ? false : "it takes /proc" },
  async (context) => {
    const at = folder(context);
    const source = new URL("../src/atomic-file.js", import.meta.url).href;
    /** A process that writes the file `target`, and the name of its temporary file. */
    const writer = async (): Promise<{ name: string; end: () => Promise<void> }> => {
      const code = `const { AtomicFile } = await import(${JSON.stringify(source)}); AtomicFile.open("target"); console.log("open"); setInterval(() => {}, 1e6)`;
      const before = readdirSync(at);
      const child = spawn(process.execPath, ["--input-type=module", "-e", code], {
        cwd: at,
        stdio: ["ignore", "pipe", "inherit"],
      });
      await once(child.stdout, "data");
      const end = async (): Promise<void> => {
        child.kill("SIGKILL");
        await once(child, "close");
      };
      return { name: readdirSync(at).find((name) => !before.includes(name))!, end };
    };
    const killed = await writer();
    const live = await writer();
    try {
      await killed.end();
      assert.deepEqual(readdirSync(at).toSorted(), [killed.name, live.name].toSorted());
      // A process id that is used again: of a process that began later, or earlier.
      const again = live.name.replace(/-\d+-\d+\.tmp$/, "-1-0.tmp");
      // Another machine, or a namespace whose processes we cannot see.
      const elsewhere = killed.name.replace(/(\.[0-9a-f]{12})-\d+-/, "$1-1-");
      // Some other program's, and one of a system without /proc.
      const others = [".target.tmp", ".target.123-lx0abc-0.tmp", "target.tmp"];
      for (const name of [again, elsewhere, ...others]) writeFileSync(join(at, name), "");
      const next = await writer();
      await next.end();
      assert.deepEqual(readdirSync(at).toSorted(), [live.name, next.name, elsewhere, ...others].toSorted());
    } finally {
      await live.end();
    }
  },
);

test("atomic file: a failure to create it says what and why, and leaves nothing", (context) => {
  const at = folder(context);
  writeFileSync(join(at, "file"), "");
  assert.throws(
    () => AtomicFile.open(join(at, "no", "target")),
    failsWith("ENOENT", /cannot create .*no\/target: no such/),
  );
  assert.throws(
    () => AtomicFile.open(join(at, "file", "target")),
    failsWith("ENOTDIR", /cannot create .*not a directory/),
  );
  symlinkSync("loop", join(at, "loop"));
  assert.throws(() => AtomicFile.open(join(at, "loop")), failsWith("ELOOP", /too many symbolic links/));
  assert.deepEqual(readdirSync(at), ["file", "loop"]);
});

test("atomic file: a folder as the target is an error, and no temporary file stays", (context) => {
  const at = folder(context);
  mkdirSync(join(at, "folder"));
  assert.throws(() => write(join(at, "folder"), "new", "commit"), failsWith("EISDIR", /folder: it is a directory/));
  assert.deepEqual(readdirSync(at), ["folder"]);
});

test("regression: atomic file: a FIFO was replaced by a file", { timeout: 30_000 }, async (context) => {
  const path = join(folder(context), "way");
  execFileSync("mkfifo", [path]);
  for (const ends of ["commit", "discard"] as const) {
    const reader = spawn("cat", [path], { stdio: ["ignore", "pipe", "inherit"] });
    const file = AtomicFile.open(path);
    writeSync(file.fd, "text");
    file[ends]();
    assert.equal(Buffer.concat(await reader.stdout.toArray()).toString(), "text");
    assert.ok(statSync(path).isFIFO());
    assert.deepEqual(readdirSync(dirname(path)), ["way"]);
  }
});

test("atomic file: commit into a folder that was removed meanwhile is an error", (context) => {
  const at = join(folder(context), "removed");
  mkdirSync(at);
  const file = AtomicFile.open(join(at, "target"));
  rmSync(at, { recursive: true });
  assert.throws(() => file.commit(), failsWith("ENOENT", /cannot finish .*target: no such file or directory/));
  file.discard();
});
