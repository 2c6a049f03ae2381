import assert from "node:assert/strict";
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
import { join } from "node:path";
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

test("atomic file: commit into a folder that was removed meanwhile is an error", (context) => {
  const at = join(folder(context), "removed");
  mkdirSync(at);
  const file = AtomicFile.open(join(at, "target"));
  rmSync(at, { recursive: true });
  assert.throws(() => file.commit(), failsWith("ENOENT", /cannot finish .*target: no such file or directory/));
  file.discard();
});
