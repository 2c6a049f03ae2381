import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { before, describe, test, type TestContext } from "node:test";
import { builders, type Command, CuprumError, defaultCatalogue } from "cuprum";
import { folderWith } from "./support/folder.ts";
import { described } from "./support/programs.ts";
import { refuses } from "./support/refusal.ts";

const timeout = 60_000;
const git = defaultCatalogue.make("git");

/** Variables that make git the same everywhere. */
const GIT_ENV = {
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_SYSTEM: "/dev/null",
  GIT_AUTHOR_NAME: "a",
  GIT_AUTHOR_EMAIL: "a@example.org",
  GIT_COMMITTER_NAME: "a",
  GIT_COMMITTER_EMAIL: "a@example.org",
};

/** A repository of two commits on `main`, with a file whose name has a space. */
async function repository(context: TestContext): Promise<(command: Command) => Promise<string>> {
  const cwd = folderWith(context, { "a b.txt": "one\n" });
  const run = async (command: Command): Promise<string> =>
    (await command.run({ cwd, env: GIT_ENV, check: true })).stdout;
  await run(git("init", { quiet: true, initialBranch: "main" }));
  for (const text of ["two", "three"]) {
    writeFileSync(join(cwd, "a b.txt"), `${text}\n`);
    await run(git("add", "."));
    await run(git("commit", { quiet: true, message: `fix: ${text}` }));
  }
  return run;
}

describe("names of branches and tags", { timeout }, () => {
  const names = [
    ..."a A a/b a.b a-b v1.0 a@b a{b é feature/x_1 HEAD main..x a..b a.lock a.lock/b .a a/.b /a a/ a//b a. a/b. -a".split(
      " ",
    ),
    ..."@ a@{ @{u} a~1 a^ a:b a?b a*b a[b a\\b".split(" "),
    ...["a b", "a\tb", "a\nb", "a\x7fb", "", " ", "a@", "@a", "a/@", "a}", "refs/heads/a", "a]b", "a!b", "a#b", "a'b"],
  ];
  for (const name of names) {
    test(`${JSON.stringify(name)} is accepted exactly when git accepts it`, async () => {
      const { exitCode } = await git("check-ref-format", { "allow-onelevel": true }, name).run({ env: GIT_ENV });
      // A name that begins with a dash is one to git, but no command could be given it; @ is one, but means HEAD.
      const isName = exitCode === 0 && !name.startsWith("-") && name !== "@";
      if (isName) assert.equal(builders.gitRef(name), name);
      else await refuses(() => builders.gitRef(name), "INVALID_ARGUMENT", /^git ref ".*" (is|has|would|ends)/s);
    });
  }

  for (const [value, fault] of [
    ["", /is empty/],
    ["-rf", /would be taken for an option/],
    ["--upload-pack=touch x", /would be taken for an option/],
    ["a b", /has a space/],
    ["a\0b", /control character/],
    ["@", /is the name of HEAD/],
    ["a//b", /empty part/],
    ["a..b", /has \.\. or @\{/],
    ["a@{1}", /has \.\. or @\{/],
    ["a.", /ends with a dot/],
    ["a/.b", /starts with a dot/],
    ["a.lock", /ends with \.lock/],
  ] as const) {
    test(`the message says what is wrong with ${JSON.stringify(value)}`, async () => {
      await refuses(() => builders.gitRef(value), "INVALID_ARGUMENT", fault);
    });
  }
});

describe("revisions", { timeout }, () => {
  test("every way to name one commit or file arrives at git", async (context) => {
    const run = await repository(context);
    await run(git("tag", { annotate: true, message: "m" }, "v1.0"));
    const first = (await run(git("rev-parse", "HEAD~1"))).trim();
    const last = (await run(git("rev-parse", "HEAD"))).trim();
    const file = (await run(git("rev-parse", "HEAD:a b.txt"))).trim();
    for (const [revision, object] of [
      ["HEAD", last],
      ["@", last],
      ["main", last],
      [last.slice(0, 8), last],
      ["HEAD~1", first],
      ["HEAD^", first],
      ["@~", first],
      ["HEAD^1~0", first],
      ["v1.0^{}", last],
      ["v1.0^{commit}", last],
      ["HEAD@{0}", last],
      ["@{1}", first],
      ["HEAD^{/fix: two}", first],
      [":/fix: two", first],
      ["main:a b.txt", file],
      [":0:a b.txt", file],
      [":a b.txt", file],
    ] as const) {
      assert.equal((await run(builders.gitRevParse(revision))).trim(), object, revision);
    }
  });

  for (const [value, fault] of [
    ["", /is empty/],
    ["-rf", /would be taken for an option/],
    ["--all", /would be taken for an option/],
    ["a\0b", /has a NUL character/],
    ["main:a\0b", /has a NUL character/],
    ["a b", /has a space/],
    ["a\nb", /has a space or a control character/],
    ["a..b", /is a range/],
    ["a...b", /is a range/],
    ["..", /is a range/],
    ["^main", /is a set of commits/],
    ["HEAD^@", /is a set of commits/],
    ["HEAD^!", /is a set of commits/],
    ["HEAD^-1", /is a set of commits/],
  ] as const) {
    test(`${JSON.stringify(value)} is refused`, async () => {
      await refuses(() => builders.gitRevParse(value), "INVALID_ARGUMENT", fault);
    });
  }

  test("a revision that is not there is a failed command, and no error of ours", async (context) => {
    const run = await repository(context);
    await refuses(() => run(builders.gitRevParse("no-such")), "EXIT", /exit code 1/);
  });
});

describe("git commands", { timeout }, () => {
  test("status says what git says", async (context) => {
    const run = await repository(context);
    assert.equal(await run(builders.gitStatus({ short: true, branch: true })), "## main\n");
    assert.match(await run(builders.gitStatus()), /nothing to commit/);
  });

  test("checkout makes, resets, forces and detaches", async (context) => {
    const run = await repository(context);
    const head = async (): Promise<string> => (await run(git("rev-parse", { "abbrev-ref": true }, "HEAD"))).trim();
    await run(builders.gitCheckout("feature/x", { create: true }));
    assert.equal(await head(), "feature/x");
    await refuses(() => run(builders.gitCheckout("main", { create: true })), "EXIT", /already exists/);
    await run(builders.gitCheckout("main", { create: "reset", force: true }));
    assert.equal(await head(), "main");
    await run(builders.gitCheckout("HEAD~1", { detach: true }));
    assert.equal(await head(), "HEAD");
    await run(builders.gitCheckout("main", { force: true }));
    assert.equal(await head(), "main");
  });

  test("checkout takes a name for a branch, and never for a file", async (context) => {
    const run = await repository(context);
    const cwd = (await run(git("rev-parse", { "show-toplevel": true }))).trim();
    writeFileSync(join(cwd, "notes"), "committed\n");
    await run(git("add", "notes"));
    writeFileSync(join(cwd, "notes"), "not to be lost\n");
    await refuses(() => run(builders.gitCheckout("notes")), "EXIT");
    assert.equal(readFileSync(join(cwd, "notes"), "utf8"), "not to be lost\n");
  });

  test("a branch and a detached head at once are refused", async () => {
    const make = (): Command => builders.gitCheckout("a", { create: true, detach: true });
    await refuses(make, "INVALID_ARGUMENT", /not both/);
  });

  for (const target of ["--orphan", "-f", "main --force", "a:b"]) {
    test(`${JSON.stringify(target)} cannot be smuggled into checkout`, async () => {
      await refuses(() => builders.gitCheckout(target), "INVALID_ARGUMENT");
    });
  }
});

describe("paths", { timeout }, () => {
  for (const [value, expected] of [
    ["/a", "/a"],
    ["/a//b/./c/", "/a/b/c/"],
    ["/a b\nc:d*", "/a b\nc:d*"],
    ["/-rf", "/-rf"],
    ["/...", "/..."],
  ] as const) {
    test(`${JSON.stringify(value)} becomes ${JSON.stringify(expected)}`, () => {
      assert.equal(builders.safePath(value), expected);
    });
  }

  for (const [value, expected] of [
    ["a", "a"],
    ["./a", "a"],
    ["./-rf", "./-rf"],
    [".//./-rf", "./-rf"],
    ["a/-rf", "a/-rf"],
    [".", "."],
  ] as const) {
    test(`relative ${JSON.stringify(value)} becomes ${JSON.stringify(expected)} where it is allowed`, async () => {
      assert.equal(builders.safePath(value, { allowRelative: true }), expected);
      await refuses(() => builders.safePath(value), "INVALID_ARGUMENT", /is not absolute/);
    });
  }

  for (const [value, fault] of [
    ["", /is empty/],
    ["/a\0b", /has a NUL character/],
    ["/a/../b", /leads upwards/],
    ["..", /leads upwards/],
    ["a/..", /leads upwards/],
    ["-rf", /would be taken for an option/],
    ["--checkpoint-action=exec=id", /would be taken for an option/],
    [undefined, /is no text/],
    [7, /is no text/],
  ] as const) {
    test(`${JSON.stringify(value)} is refused, relative or not`, async () => {
      for (const allowRelative of [false, true]) {
        await refuses(() => builders.safePath(value as string, { allowRelative }), "INVALID_ARGUMENT", fault);
      }
    });
  }
});

const NAMES = ["plain", "a b", "a\nb", "a:b", "-rf", "é", "*", "$(id)", "--checkpoint=1"];

describe("tar", { timeout }, () => {
  for (const compression of [undefined, "gzip"] as const) {
    test(`every name survives create and extract, compression ${String(compression)}`, async (context) => {
      const from = folderWith(context, Object.fromEntries(NAMES.map((name) => [name, `text of ${name}`])));
      const to = folderWith(context);
      for (const archive of ["out.tar", "a:b.tar", "a b\n.tar"]) {
        const relative = { allowRelative: true };
        const sources = NAMES.map((name) => `./${name}`);
        const made = await builders
          .tarCreate(archive, sources, { ...relative, compression })
          .with({ cwd: from })
          .run();
        assert.equal(made.status, "ok", described(made));
        const target = join(to, archive.replaceAll(/\W/g, "_"));
        mkdirSync(target);
        const read = await builders.tarExtract(archive, target, relative).with({ cwd: from }).run();
        assert.equal(read.status, "ok", described(read));
        for (const name of NAMES) assert.equal(readFileSync(join(target, name), "utf8"), `text of ${name}`);
      }
    });
  }

  test("absolute paths work, too", async (context) => {
    const folder = folderWith(context, { "in/a": "text" });
    const archive = join(folder, "out.tar");
    const result = await builders.tarCreate(archive, [join(folder, "in")]).run();
    assert.equal(result.status, "ok", described(result));
    assert.ok(existsSync(archive));
  });

  test("no source, a bad one, and a bad archive are refused", async () => {
    await refuses(() => builders.tarCreate("/a.tar", []), "INVALID_ARGUMENT", /at least one source/);
    await refuses(() => builders.tarCreate("/a.tar", ["/a", "--checkpoint-action=exec=id"]), "INVALID_ARGUMENT");
    await refuses(() => builders.tarCreate("--to-command=id", ["/a"]), "INVALID_ARGUMENT");
    await refuses(() => builders.tarExtract("/a.tar", "../up", { allowRelative: true }), "INVALID_ARGUMENT");
  });
});

describe("rsync", { timeout }, () => {
  let absence: string | false = false;
  before(() => {
    try {
      defaultCatalogue.program("rsync").file();
    } catch (error) {
      assert.ok(error instanceof CuprumError && error.code === "PROGRAM_NOT_FOUND");
      absence = "rsync is not installed here";
    }
  });

  test("flags in a fixed order, then --, then the paths; a colon makes no host", () => {
    const options = { compress: true, archive: true, delete: true, dryRun: true, verbose: true, allowRelative: true };
    assert.equal(
      builders.rsyncSync("host:dir/", "/to/b:c", options).toString(),
      "rsync --archive --delete --dry-run --verbose --compress -- ./host:dir/ /to/b:c",
    );
    assert.equal(
      builders.rsyncSync("rsync://host/module", "x", { allowRelative: true }).toString(),
      "rsync -- ./rsync:/host/module x",
    );
  });

  test("what could be an option is refused", async () => {
    await refuses(() => builders.rsyncSync("-e sh", "/to", { allowRelative: true }), "INVALID_ARGUMENT");
    await refuses(() => builders.rsyncSync("/from", "--rsh=sh", { allowRelative: true }), "INVALID_ARGUMENT");
  });

  test("copies the content of a folder whose names are hostile", async (context) => {
    if (absence !== false) return context.skip(absence);
    const folder = folderWith(context, Object.fromEntries(NAMES.map((name) => [`a:b/${name}`, name])));
    const copy = builders.rsyncSync("a:b/", "to/", { archive: true, allowRelative: true }).with({ cwd: folder });
    const result = await copy.run();
    assert.equal(result.status, "ok", described(result));
    for (const name of NAMES) assert.equal(readFileSync(join(folder, "to", name), "utf8"), name);
  });
});
