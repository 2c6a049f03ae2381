import assert from "node:assert/strict";
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test, type TestContext } from "node:test";
import { type Command, CuprumError, defaultCatalogue, defineCatalogue, mergeCatalogues, pipe, scoped } from "cuprum";
import { folderWith, scriptIn } from "./support/folder.ts";
import { described } from "./support/programs.ts";
import { refuses } from "./support/refusal.ts";

const timeout = 30_000;

/** Sets `PATH` for the rest of a test. */
function withPath(context: TestContext, path: string): void {
  const before = process.env["PATH"];
  process.env["PATH"] = path;
  context.after(() => {
    process.env["PATH"] = before;
  });
}

describe("what a catalogue's definition may say", { timeout }, () => {
  test("a program twice in a project is refused", async () => {
    const define = (): unknown => defineCatalogue({ ops: { programs: ["cat", "cat"] } });
    await refuses(define, "DUPLICATE_PROGRAM", /"cat" is twice in project ops/);
  });

  test("a program of two projects is refused, also when one has it by a path", async () => {
    const define = (): unknown =>
      defineCatalogue({ a: { programs: ["cat"] }, b: { programs: [{ name: "cat", path: "/bin/cat" }] } });
    await refuses(define, "DUPLICATE_PROGRAM", /in the projects a and b/);
  });

  for (const name of ["", "a\0b", "run.bat", "RUN.CMD"]) {
    test(`${JSON.stringify(name)} as a program is refused`, async () => {
      await refuses(() => defineCatalogue({ ops: { programs: [name] } }), "INVALID_CATALOGUE", /project ops/);
    });

    test(`${JSON.stringify(name)} as a program's path is refused`, async () => {
      const define = (): unknown => defineCatalogue({ ops: { programs: [{ name: "tool", path: name }] } });
      await refuses(define, "INVALID_CATALOGUE", /project ops/);
    });
  }

  test("programs that are no list are refused", async () => {
    // @ts-expect-error a text is no list
    await refuses(() => defineCatalogue({ ops: { programs: "cat" } }), "INVALID_CATALOGUE", /no list of programs/);
  });

  test("a program without a name is refused", async () => {
    // @ts-expect-error a program has a name
    await refuses(() => defineCatalogue({ ops: { programs: [{ path: "/bin/cat" }] } }), "INVALID_CATALOGUE");
  });
});

describe("looking programs up", { timeout }, () => {
  test("a name that is not in the catalogue does not compile, and throws UnknownProgramError", () => {
    const { make } = defineCatalogue({ ops: { programs: ["git", { name: "cat" }] } });
    assert.throws(
      // @ts-expect-error "gti" is no program of this catalogue
      () => make("gti"),
      (error) => {
        assert.ok(error instanceof CuprumError);
        assert.equal(error.name, "UnknownProgramError");
        assert.equal(error.code, "UNKNOWN_PROGRAM");
        assert.match(error.message, /"gti" is not in the catalogue, which has git, cat/);
        return true;
      },
    );
    make("cat") satisfies () => Command;
  });

  for (const name of ["constructor", "__proto__", "toString", "hasOwnProperty"]) {
    test(`${name} is a program only where it was defined as one`, async () => {
      await refuses(() => defineCatalogue({}).make(name as never), "UNKNOWN_PROGRAM");
      assert.equal(defaultCatalogue.has(name), false);
      const catalogue = defineCatalogue({ [name]: { programs: [name] } });
      assert.equal(catalogue.program(name).project, name);
      assert.equal(catalogue.projectOf(name).name, name);
    });
  }

  test("projects say who owns a program, what noise it makes, and where it is documented", () => {
    const catalogue = defineCatalogue({
      vcs: { programs: ["git"], noise: [/^progress/], docs: ["docs/git.md"] },
      text: { programs: ["cat"] },
    });
    assert.deepEqual(catalogue.names, ["git", "cat"]);
    assert.deepEqual(
      catalogue.projects.map(({ name }) => name),
      ["vcs", "text"],
    );
    const { noise, docs, programs } = catalogue.projectOf("git");
    assert.deepEqual([noise, docs, programs.map(({ name }) => name)], [[/^progress/], ["docs/git.md"], ["git"]]);
    assert.deepEqual(catalogue.projectOf("cat").noise, []);
  });

  test("nothing of a catalogue can be changed", () => {
    const programs = ["cat"];
    const catalogue = defineCatalogue({ text: { programs } });
    programs.push("rm");
    assert.equal(catalogue.has("rm"), false);
    const project = catalogue.projectOf("cat");
    for (const value of [
      catalogue,
      catalogue.names,
      catalogue.projects,
      project,
      project.programs,
      project.noise,
      project.docs,
      catalogue.program("cat"),
    ]) {
      assert.ok(Object.isFrozen(value), JSON.stringify(value));
    }
  });
});

describe("merging catalogues", { timeout }, () => {
  test("the merged one has the names of all, typed, and the very same programs", () => {
    const vcs = defineCatalogue({ vcs: { programs: ["git"] } });
    const text = defineCatalogue({ text: { programs: ["cat"] } });
    const all = mergeCatalogues(vcs, text, defineCatalogue({ more: { programs: ["wc"] } }));
    assert.deepEqual(all.names, ["git", "cat", "wc"]);
    assert.equal(all.program("git"), vcs.program("git"));
    assert.equal(all.projectOf("cat"), text.projectOf("cat"));
    // @ts-expect-error "tar" is in none of them
    assert.throws(() => all.make("tar"), /not in the catalogue/);
  });

  test("a project of two catalogues is refused", async () => {
    const one = defineCatalogue({ ops: { programs: ["cat"] } });
    const other = defineCatalogue({ ops: { programs: ["wc"] } });
    await refuses(() => mergeCatalogues(one, other), "DUPLICATE_PROJECT", /"ops" is in two catalogues/);
  });

  test("a program of two catalogues is refused", async () => {
    const mine = defineCatalogue({ mine: { programs: ["cat"] } });
    await refuses(() => mergeCatalogues(defaultCatalogue, mine), "DUPLICATE_PROGRAM", /core-ops and mine/);
  });
});

describe("what a name means", { timeout }, () => {
  test("PATH changed after the definition changes nothing, wherever it is changed", async (context) => {
    const good = folderWith(context);
    const evil = folderWith(context);
    scriptIn(good, "tool", "echo good");
    scriptIn(evil, "tool", "echo evil");
    withPath(context, `${good}:/usr/bin:/bin`);
    const catalogue = defineCatalogue({ ops: { programs: ["tool"] } });
    process.env["PATH"] = `${evil}:/usr/bin:/bin`;
    const tool = catalogue.make("tool")();
    const results = [
      await tool.run(),
      await tool.run({ env: { PATH: evil } }),
      await tool.with({ env: { PATH: evil } }).run(),
      await tool.with({ cwd: evil }).run({ env: { PATH: "." } }),
      await scoped({ env: { PATH: evil } }, () => tool.run()),
    ];
    for (const result of results) assert.equal(result.stdout, "good\n", described(result));
  });

  test("a name is looked up once: a file that appears earlier on the PATH later is not run", async (context) => {
    const first = folderWith(context);
    const second = folderWith(context);
    scriptIn(second, "tool", "echo second");
    withPath(context, `${first}:${second}:/usr/bin:/bin`);
    const tool = defineCatalogue({ ops: { programs: ["tool"] } }).make("tool")();
    assert.equal((await tool.run()).stdout, "second\n");
    scriptIn(first, "tool", "echo first");
    assert.equal((await tool.run()).stdout, "second\n");
  });

  test("a relative path is one of the folder of the definition, not of the first use", async (context) => {
    const here = folderWith(context);
    const there = folderWith(context);
    for (const folder of [here, there]) scriptIn(folder, "tool", `echo ${folder}`);
    const before = process.cwd();
    context.after(() => process.chdir(before));
    process.chdir(here);
    const catalogue = defineCatalogue({ ops: { programs: ["./tool", { name: "other", path: "tool" }] } });
    process.chdir(there);
    assert.equal(catalogue.program("./tool").file(), join(here, "tool"));
    assert.equal(catalogue.program("other").file(), join(here, "tool"));
    assert.equal((await catalogue.make("./tool")().run()).stdout, `${here}\n`);
  });

  test("relative and empty folders of the PATH are passed over", async (context) => {
    const folder = folderWith(context);
    scriptIn(folder, "tool", "echo from the current folder");
    const before = process.cwd();
    context.after(() => process.chdir(before));
    process.chdir(folder);
    withPath(context, ":.:./:bin");
    const tool = defineCatalogue({ ops: { programs: ["tool"] } }).make("tool");
    await refuses(() => tool().run(), "PROGRAM_NOT_FOUND", /"tool" was not found on the PATH/);
  });

  test("a folder and a file that is not executable are passed over", async (context) => {
    const first = folderWith(context);
    const second = folderWith(context, { tool: "#!/bin/sh\necho no\n" });
    const third = folderWith(context);
    mkdirSync(join(first, "tool"));
    chmodSync(join(second, "tool"), 0o644);
    scriptIn(third, "tool", "echo third");
    withPath(context, `${first}:${second}:${third}:/usr/bin:/bin`);
    const tool = defineCatalogue({ ops: { programs: ["tool"] } }).make("tool");
    assert.equal((await tool().run()).stdout, "third\n");
  });

  test("a program that is not there is refused before anything of its pipeline starts", async (context) => {
    const folder = folderWith(context);
    const { make } = defineCatalogue({ ops: { programs: ["touch", "no-such-program"] } });
    const marker = join(folder, "marker");
    const pipeline = pipe(make("touch")(marker), make("no-such-program")());
    await refuses(() => pipeline.run(), "PROGRAM_NOT_FOUND", /"no-such-program" was not found/);
    await refuses(() => make("touch")().with({ cwd: marker }).run(), "INVALID_OPTION", /no folder/);
  });

  for (const [what, make, message] of [
    ["a folder", (path: string) => mkdirSync(path), /is no file/],
    ["a file without permission", (path: string) => writeFileSync(path, "", { mode: 0o600 }), /not executable/],
    ["nothing", () => {}, /no such file/],
    ["a link to nothing", (path: string) => symlinkSync("nowhere", path), /no such file/],
  ] as const) {
    test(`a path to ${what} cannot be run`, async (context) => {
      const path = join(folderWith(context), "tool");
      make(path);
      const tool = defineCatalogue({ ops: { programs: [{ name: "tool", path }] } }).make("tool");
      const error = await refuses(() => tool().run(), "PROGRAM_NOT_FOUND", message);
      assert.ok(error.message.includes(path), error.message);
    });
  }

  test("a program that appears is found: a failed look-up is not kept", async (context) => {
    const folder = folderWith(context);
    withPath(context, `${folder}:/usr/bin:/bin`);
    const tool = defineCatalogue({ ops: { programs: ["tool"] } }).make("tool");
    await refuses(() => tool().run(), "PROGRAM_NOT_FOUND");
    scriptIn(folder, "tool", "echo here");
    assert.equal((await tool().run()).stdout, "here\n");
  });
});
