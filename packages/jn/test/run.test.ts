import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, test, type TestContext } from "node:test";
import { loadNative } from "@cuprum/native";
import { descriptorsOf, startShell, temporaryFiles, until } from "./support/live.ts";
import { described, failed, folderWith, type Outcome, runJn, runShell, succeeded } from "./support/jn.ts";

const DATA = "x,name\n5,a\n12,b\n30,c\n";
const LAYOUTS = ["one", "each"] as const;

interface Place {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly run: (...args: readonly string[]) => Promise<Outcome>;
  readonly text: (name: string) => string;
}

/** A folder with files, and data of the user that nobody else uses. */
function place(context: TestContext, files: Readonly<Record<string, string>> = {}): Place {
  const cwd = folderWith(context);
  for (const [name, content] of Object.entries({ "data.csv": DATA, ...files })) {
    mkdirSync(dirname(join(cwd, name)), { recursive: true });
    writeFileSync(join(cwd, name), content);
  }
  const env = { ...process.env, XDG_DATA_HOME: join(cwd, "data"), XDG_RUNTIME_DIR: cwd };
  return {
    cwd,
    env,
    run: async (...args) => await runJn(["run", ...args], { cwd, env }),
    text: (name) => readFileSync(join(cwd, name), "utf8"),
  };
}

describe("jn run", { timeout: 300_000 }, () => {
  for (const layout of LAYOUTS) {
    test(`a pipeline gives what a shell would get of it, --processes ${layout}`, async (context) => {
      const { cwd, env, run, text } = place(context, { "more.ndjson": '{"x":99}\n' });
      const pipelines = [
        `cat data.csv more.ndjson | filter ".x > 10" | put out`,
        `filter ".x" data.csv | head -n 2 | put out`,
        `head -n1 more.ndjson | tail -n 1 | put out`,
        `cat data.csv | filter -s "length" | put out`,
        `cat 'data.csv?x>5' --meta | filter '{n: ._line_index, x}' | tail -n 2 | put out`,
        `cat data.csv | put -~csv | cat -~csv | filter ".name" | put out`,
        `cat data.csv | cat - more.ndjson | filter --arg n b 'select(.name == $n or .x == 99)' | put out`,
      ];
      const targets = ["out.json", "out.csv~ndjson?codec=gz", "out.ndjson"];
      for (const [index, pipeline] of pipelines.entries()) {
        const target = targets[index % targets.length]!;
        const outcome = await run("--processes", layout, pipeline.replace("put out", `put 'one-${target}'`));
        succeeded(outcome);
        const shell = pipeline.replace("put out", `put 'two-${target}'`).replaceAll(/(^|\| )(?=[a-z])/g, "$1jn ");
        succeeded(await runShell(shell, { cwd, env }));
        const name = target.replace(/~.*/, "");
        assert.equal(text(`one-${name}`), text(`two-${name}`), described(outcome));
      }
    });

    test(`any stage that fails leaves the target as it was, and is named, --processes ${layout}`, async (context) => {
      const { cwd, run, text } = place(context, {
        "broken.csv": 'x,name\n1,a\n"oops,2\n',
        "out.json": "before\n",
        "data/jn/programs.json": '{"false": {}, "grep": {}, "no-such-program": {}}',
      });
      const cases: readonly (readonly [pipeline: string, status: number, message: RegExp])[] = [
        ["cat broken.csv | filter .x | put out.json", 3, /^jn run: stage 1, cat: broken\.csv:3/],
        ["cat data.csv | filter '.x | error' | put out.json", 3, /^jn run: stage 2, filter: .*:1: the filter failed/],
        ["cat data.csv | filter .x | put out.json?indent=oops", 2, /^jn run: stage 3, put: /],
        ["cat nowhere.csv | put out.json", 4, /^jn run: stage 1, cat: cannot open nowhere\.csv/],
        [
          "cat data.csv | false | put out.json",
          3,
          /^jn run: stage 2, false, ended with 1, so out\.json is left as it was\n$/,
        ],
        [
          "cat data.csv | grep -E '[' | filter . | put out.json",
          3,
          /jn run: stage 2, grep, ended with 2, so out\.json/,
        ],
        ["cat data.csv | no-such-program | put out.json", 2, /is declared, but not installed/],
        ["cat data.csv | filter -s error | put out.json", 3, /jn run: stage 2, filter: /],
        ["cat data.csv | put nowhere/out.json", 4, /^jn run: stage 2, put: cannot create nowhere\/out\.json/],
      ];
      for (const [pipeline, status, message] of cases) {
        const outcome = await run("--processes", layout, pipeline);
        failed(outcome, status, message);
        assert.equal(text("out.json"), "before\n", described(outcome));
        assert.deepEqual(temporaryFiles(cwd), [], described(outcome));
      }
    });

    test(`its reader leaves: it stops quietly, with 141, --processes ${layout}`, async (context) => {
      const { cwd, env } = place(context);
      const command = `jn run --processes ${layout} 'cat - | filter "." | filter .' < <(yes 1) | head -n 1; echo "\${PIPESTATUS[0]}"`;
      const outcome = await runShell(command, { cwd, env });
      assert.equal(outcome.stdout, "1\n141\n", described(outcome));
      assert.equal(outcome.stderr, "", described(outcome));
    });

    test(`head stops what is upstream, and the target is complete, --processes ${layout}`, async (context) => {
      const { cwd, env, text } = place(context, { "data/jn/programs.json": '{"yes": {}}' });
      for (const pipeline of [
        "yes 1 | head -n 3 | put out.json",
        "yes 1 | filter . | head -n 3 | filter . | put out.json",
      ]) {
        succeeded(await runShell(`jn run --processes ${layout} '${pipeline}'`, { cwd, env }));
        assert.equal(text("out.json"), "[\n1,\n1,\n1\n]\n");
      }
    });

    test(`a signal ends all of it, and leaves nothing behind, --processes ${layout}`, async (context) => {
      const { cwd, env, text } = place(context, { "out.json": "before\n" });
      for (const signal of ["SIGINT", "SIGTERM"] as const) {
        const live = startShell(
          `(mkfifo in-${signal}; exec 3<>in-${signal}; echo 1 >&3; as run run --processes ${layout} 'cat in-${signal}~ndjson - | filter . | put out.json' <&3)`,
          { cwd, env },
        );
        const pid = await until(live, () => {
          const file = join(cwd, "run.pid");
          return existsSync(file) && temporaryFiles(cwd).length > 0 && Number(readFileSync(file, "utf8"));
        });
        assert.ok(descriptorsOf(pid) > 0);
        process.kill(pid, signal);
        const outcome = await live.outcome;
        assert.equal(outcome.status, signal === "SIGINT" ? 130 : 143, described(outcome));
        assert.equal(text("out.json"), "before\n", described(outcome));
        assert.deepEqual(temporaryFiles(cwd), [], described(outcome));
      }
    });
  }

  test("IN OUT converts, whatever characters the names have", async (context) => {
    const { run, text } = place(context, { "it's | ${x}.csv": DATA });
    const outcome = await run("it's | ${x}.csv", "o | p.json");
    succeeded(outcome);
    assert.equal(
      text("o | p.json"),
      '[\n{"x":5,"name":"a"},\n{"x":12,"name":"b"},\n{"x":30,"name":"c"}\n]\n',
      described(outcome),
    );
    failed(await run("data.csv", "out.json", "surplus"), 2, /'surplus' is too much/);
    succeeded(await run("--processes", "each", "data.csv", "out.xlsx"));
    assert.match(succeeded(await run("cat out.xlsx | head -n 1")), /^\{"x":5,"name":"a"\}\n$/);
  });

  test("a file: comments, lines, parameters with and without default, variables of the environment", async (context) => {
    const pipeline =
      "#!/usr/bin/env -S jn run -f\n# The largest.\n\nparam least = 10 # too small\nparam in\n\ncat ${in}\n| filter --argjson least ${least} '.x >= $least'\n| filter --arg u ${USER_NAME:-nobody} '{x, u: $u}'\n";
    const { cwd, env, run } = place(context, { "largest.jn": pipeline, ".jn/pipelines/a/largest.jn": pipeline });
    assert.equal(succeeded(await run("-f", "largest.jn", "in=data.csv", "least=20")), '{"x":30,"u":"nobody"}\n');
    const named = await runJn(["run", "a/largest", "in=data.csv"], { cwd: join(cwd, ".jn"), env });
    failed(named, 4, /stage 1, cat: cannot open data\.csv/);
    const outcome = await runJn(["run", "a/largest", "in=data.csv"], { cwd, env: { ...env, USER_NAME: "a 'b' | c" } });
    assert.equal(succeeded(outcome), '{"x":12,"u":"a \'b\' | c"}\n{"x":30,"u":"a \'b\' | c"}\n');
    failed(await run("-f", "largest.jn"), 2, /largest\.jn: the parameter 'in' is missing; add in=\.\.\./);
    failed(
      await run("a/largest", "in=x", "lest=1"),
      2,
      /there is no parameter 'lest'; did you mean 'least'\?; it has least, in/,
    );
    failed(await run("a/largest", "data.csv"), 2, /'data\.csv' is no parameter/);
    failed(await run("a/lagest"), 2, /'a\/lagest' is no pipeline and no command; did you mean 'a\/largest'\?/);
    failed(await run("-f", "nowhere.jn"), 4, /cannot read the pipeline from nowhere\.jn/);
    assert.deepEqual(JSON.parse(succeeded(await run("--list"))), {
      name: "a/largest",
      file: join(cwd, ".jn/pipelines/a/largest.jn"),
      description: "The largest.",
      parameters: { least: "10", in: null },
    });
  });

  test("mistakes in a file are shown with their line", async (context) => {
    const { run } = place(context, {
      "a.jn": "cat data.csv\n| filter '.x\n",
      "b.jn": "param x y\ncat data.csv\n",
      "c.jn": "param x\nparam x\ncat data.csv\n",
      "d.jn": "# nothing\n",
    });
    failed(
      await run("-f", "a.jn"),
      2,
      /in a\.jn, line 2, column 10: this quote is not closed\n {2}\| filter '\.x\n {11}\^\n/,
    );
    failed(await run("-f", "b.jn"), 2, /in b\.jn, line 1, column 1: a parameter is declared by: param NAME/);
    failed(await run("-f", "c.jn"), 2, /in c\.jn, line 2, column 7: the parameter 'x' is there twice/);
    failed(await run("-f", "d.jn"), 2, /in d\.jn, .*there is no stage here/);
  });

  test("programs run only when they are declared, and those of a project when they are trusted as they are", async (context) => {
    const { cwd, run } = place(context);
    const pipeline = "cat data.csv | wc -l";
    failed(
      await run(pipeline),
      2,
      /stage 2, wc: 'wc' is no command of jn, and no program that pipelines may run.*to declare it, add "wc": \{\} to .*programs\.json/,
    );
    mkdirSync(join(cwd, ".jn"));
    writeFileSync(join(cwd, ".jn/programs.json"), '{"wc": {}}');
    failed(
      await run(pipeline),
      2,
      /the programs of this project \(.*\.jn\/programs\.json\) are not trusted; read it, then: jn run --trust/,
    );
    succeeded(await run("--trust"));
    assert.equal(succeeded(await run(pipeline)).trim(), "3");
    writeFileSync(join(cwd, ".jn/programs.json"), '{"wc": {}, "sh": {}}');
    failed(await run(pipeline), 2, /are not trusted/);
    writeFileSync(join(cwd, ".jn/programs.json"), '{"wc": {"path": "bin/wc"}}');
    failed(await run(pipeline), 2, /the path of 'wc' must be absolute/);
  });

  test("what makes no sense is refused before anything runs", async (context) => {
    const { cwd, run } = place(context, { ".jn/pipelines/self.jn": "run self\n" });
    const cases: readonly (readonly [pipeline: string, message: RegExp])[] = [
      [
        "cat data.csv | put a.json | put b.json",
        /stage 2, put: it writes to a\.json and passes nothing on, so it must be the last stage/,
      ],
      ["put a.json | cat data.csv", /stage 1, put: it writes to a\.json/],
      ["cat data.csv | filter . data.csv | put a.json", /stage 2, filter: it reads data\.csv, so nothing would read/],
      ["cat data.csv | filter --help", /--help has no place in a pipeline/],
      ["cat data.csv | filtr .x | put a.json", /stage 2, filtr: .*did you mean 'filter'/],
      ["cat data.csv | head -n oops | put a.json", /stage 2, head: --lines needs a whole number/],
      ["cat data.csv | head a b | put a.json", /stage 2, head: it reads a/],
      ["run 'cat data.csv' | put a.json", /stage 1, run: a pipeline cannot be a stage/],
      ["self", /stage 1, run: a pipeline cannot be a stage/],
    ];
    for (const [pipeline, message] of cases) {
      failed(await run(pipeline), 2, message);
      assert.equal(existsSync(join(cwd, "a.json")), false, pipeline);
    }
  });

  test("--explain says which stage runs where, and runs nothing", async (context) => {
    const { cwd, run } = place(context, { "data/jn/programs.json": '{"tac": {"path": "/usr/bin/tac"}}' });
    const where = async (...args: readonly string[]): Promise<unknown[]> => {
      const lines = succeeded(await run("--explain", ...args))
        .trim()
        .split("\n");
      return lines.map((line) => (JSON.parse(line) as { readonly runs: unknown }).runs);
    };
    const here = "in this process";
    assert.deepEqual(await where("cat data.csv | filter .x | put out.json"), [here, here, here]);
    assert.deepEqual(await where("--processes", "each", "cat data.csv | filter .x | put out.json"), [
      "in process 1",
      "in process 2",
      here,
    ]);
    assert.deepEqual(await where("cat data.csv | head | tac | filter .x | put out.json"), [
      "in process 1",
      "in process 1",
      "in process 2",
      here,
      here,
    ]);
    assert.deepEqual(await where("cat data.csv | tac"), ["in process 1", "in process 2"]);
    assert.deepEqual(await where("cat data.csv | filter -s length"), ["in process 1", "in process 2"]);
    assert.deepEqual(readdirSync(cwd).toSorted(), ["data", "data.csv"]);
  });

  const load = loadNative();
  const skip = load.available || process.env["REQUIRE_NATIVE"] === "1" ? false : `no native module: ${load.reason}`;
  test("a large file: threads share the work where kernels do all of it, and only there", { skip }, async (context) => {
    const { cwd, run } = place(context, {});
    truncateSync(join(cwd, "data.csv"), 64 * 1024 * 1024);
    const why = async (filter: string, ...flags: readonly string[]): Promise<string> => {
      const [line] = succeeded(
        await run("--explain", ...flags, `cat data.csv | filter ${filter} | put out.json`),
      ).split("\n");
      return (JSON.parse(line!) as { readonly why: string }).why;
    };
    assert.match(await why("'.x > 10'"), /^threads share/);
    assert.doesNotMatch(await why("'.x |= . + 1'"), /^threads share/);
    assert.match(await why("'.x > 10' | group --by x | filter '.x |= . + 1'"), /^threads share/);
    assert.match(await why("'.x > 10'", "--jobs", "1"), /^one thread is to do the work/);
  });
});

test("sh runs in a pipeline only what is declared, from where it is declared to be; typed, also what is on the path", async (context) => {
  const { cwd, env, run } = place(context);
  const undeclared = await run("sh -f lines echo hello");
  failed(undeclared, 2, /^jn run: stage 1, sh: 'echo' is no command of jn, and no program that pipelines may run/);
  mkdirSync(join(cwd, "data/jn"), { recursive: true });
  writeFileSync(join(cwd, "data/jn/programs.json"), '{"echo": {}, "other": {"path": "/bin/echo"}}');
  assert.equal(succeeded(await run("sh echo hello")), '{"line":1,"text":"hello"}\n');
  assert.equal(succeeded(await run("sh -f lines other hello | head")), '{"line":1,"text":"hello"}\n');
  const typed = await runShell("jn sh other one; jn sh printf two", { cwd, env });
  assert.equal(succeeded(typed), '{"line":1,"text":"one"}\n{"line":1,"text":"two"}\n');
  // What a project declares counts for what is typed only when it is trusted.
  mkdirSync(join(cwd, ".jn"), { recursive: true });
  writeFileSync(join(cwd, ".jn/programs.json"), '{"printf": {"path": "/bin/false"}}');
  assert.equal(succeeded(await runShell("jn sh printf two", { cwd, env })), '{"line":1,"text":"two"}\n');
});
