import assert from "node:assert/strict";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, test } from "node:test";
import { builtInNames } from "./support/built-in-names.ts";
import { described, failed, folderWith, runJn, runShell, succeeded } from "./support/jn.ts";

/** A plugin in shell that answers `read` with these lines. */
function plugin(name: string, matches: string, read: string, header = true): string {
  const meta = JSON.stringify({ name, role: "format", matches: [matches], modes: ["read"] });
  const block = `# /// script\n# [tool.jn]\n# name = "${name}"\n# matches = ["${matches}"]\n# modes = ["read"]\n# ///\n`;
  return `#!/bin/sh\n${header ? block : ""}case "$1" in --jn-meta) echo '${meta}';; --mode=read) ${read};; *) exit 2;; esac\n`;
}

function add(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  chmodSync(path, 0o755);
}

describe("external plugins", { timeout: 240_000 }, () => {
  test("a new one works, in every language, and passes its own test", async (context) => {
    for (const language of ["python", "shell", "javascript"]) {
      const cwd = folderWith(context);
      const env = { ...process.env, XDG_DATA_HOME: join(cwd, "data") };
      succeeded(await runJn(["plugin", "new", "pairs", "--language", language], { cwd, env }));
      const outcome = await runShell(
        "jn put out.pairs && cat out.pairs && jn cat out.pairs && jn filter .a out.pairs",
        {
          cwd,
          env,
          input: '{"a":"1","b":"x y"}\n{"a":"ü"}\n',
        },
      );
      assert.equal(
        succeeded(outcome),
        'a=1;b=x y\na=ü\n{"a":"1","b":"x y"}\n{"a":"ü"}\n"1"\n"ü"\n',
        described(outcome),
      );
      const tested = await runJn(["plugin", "test", "pairs"], { cwd, env });
      const findings = succeeded(tested)
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as { ok: boolean });
      assert.equal(findings.length, 9, described(tested));
      assert.ok(
        findings.every(({ ok }) => ok),
        described(tested),
      );
      failed(await runJn(["plugin", "new", "pairs", "--language", language], { cwd, env }), 4, /cannot create .*pairs/);
    }
  });

  test("a plugin of a project runs only when it is trusted, and not after it has changed", async (context) => {
    const cwd = folderWith(context, { "a.foo": "x", "b.csv": "x\n1\n" });
    const env = { ...process.env, XDG_DATA_HOME: join(cwd, "data") };
    const file = join(cwd, ".jn/plugins/foo");
    add(file, plugin("foo", "*.foo", "touch ran; cat >/dev/null; echo '{\"by\":1}'"));
    add(
      join(cwd, ".jn/plugins/other"),
      plugin("other", "*.other", "true", false).replace("--jn-meta)", "--jn-meta) touch ran;"),
    );
    const refused = await runJn(["cat", "a.foo"], { cwd, env });
    failed(
      refused,
      2,
      /the plugin foo of this project \(.*\/\.jn\/plugins\/foo\) is not trusted; read it, then: jn plugin trust foo/,
    );
    const list = await runShell("jn plugin list | head -n 2; jn cat b.csv; ls ran", { cwd, env });
    assert.match(list.stdout, /"name":"foo".*"trusted":false/, described(list));
    assert.match(list.stdout, /\{"x":1\}\n$/, described(list));
    succeeded(await runJn(["plugin", "trust", "foo"], { cwd, env }));
    assert.equal(succeeded(await runJn(["cat", "a.foo"], { cwd, env })), '{"by":1}\n');
    writeFileSync(file, readFileSync(file, "utf8").replace('"by\\":1', '"by\\":2').replace('{"by":1}', '{"by":2}'));
    failed(await runJn(["cat", "a.foo"], { cwd, env }), 2, /not trusted/);
    assert.equal(succeeded(await runJn(["cat", "b.csv"], { cwd, env: { ...env, JN_PLUGINS: "none" } })), '{"x":1}\n');
  });

  test("project before user before built-in; then the longest pattern", async (context) => {
    const cwd = folderWith(context, { "a.csv": "x\n1\n", "big.data.csv": "x\n1\n" });
    const data = join(cwd, "data");
    const env = { ...process.env, XDG_DATA_HOME: data };
    const says = (who: string): string => `cat >/dev/null; echo '{"by":"${who}"}'`;
    const read = async (name: string): Promise<string> => succeeded(await runJn(["cat", name], { cwd, env }));
    assert.equal(await read("a.csv"), '{"x":1}\n');
    add(join(data, "jn/plugins/mine"), plugin("mine", "*.csv", says("user")));
    assert.equal(await read("a.csv"), '{"by":"user"}\n');
    assert.equal(await read("a.csv~csv"), '{"x":1}\n');
    add(join(data, "jn/plugins/special"), plugin("special", "*.data.csv", says("longer")));
    assert.equal(await read("big.data.csv"), '{"by":"longer"}\n');
    add(join(cwd, ".jn/plugins/ours"), plugin("ours", "*.csv", says("project")));
    succeeded(await runJn(["plugin", "trust", "ours"], { cwd, env }));
    assert.equal(await read("big.data.csv"), '{"by":"project"}\n');
    mkdirSync(join(cwd, "deep/er"), { recursive: true });
    assert.equal(
      succeeded(await runJn(["cat", "../../a.csv"], { cwd: join(cwd, "deep/er"), env })),
      '{"by":"project"}\n',
    );
  });

  test("what fails in it is exit 3, with its name; what it prints is checked", async (context) => {
    const cwd = folderWith(context, { "a.bad": "", "a.odd": "", "a.opt": "" });
    const data = join(cwd, "data");
    const env = { ...process.env, XDG_DATA_HOME: data };
    add(join(data, "jn/plugins/bad"), plugin("bad", "*.bad", "echo '{\"x\":1}'; echo 'line 7 is bad' >&2; exit 9"));
    add(join(data, "jn/plugins/odd"), plugin("odd", "*.odd", "echo '{\"x\":1}'; echo oops"));
    const bad = await runShell("jn cat a.bad | jn put out.json; echo $?; ls", { cwd, env });
    assert.match(bad.stdout, /^3\n/, described(bad));
    assert.doesNotMatch(bad.stdout, /out\.json/, described(bad));
    assert.match(bad.stderr, /jn cat: a\.bad: plugin bad: bad ended with 9: line 7 is bad/, described(bad));
    const odd = await runJn(["cat", "a.odd"], { cwd, env });
    assert.equal(failed(odd, 3, /a\.odd \(by the plugin odd\):2:1: not JSON/), '{"x":1}\n', described(odd));
    const option = await runJn(["cat", "a.bad?depth"], { cwd, env });
    failed(option, 2, /there is no option 'depth' here/);
  });

  test("a protocol, with an option that goes as a flag", async (context) => {
    const cwd = folderWith(context);
    const data = join(cwd, "data");
    const env = { ...process.env, XDG_DATA_HOME: data };
    const header =
      '# /// script\n# [tool.jn]\n# name = "echo"\n# role = "protocol"\n# matches = ["echo://*"]\n# modes = ["raw"]\n# options = [{ name = "twice", kind = "boolean" }]\n# ///\n';
    add(join(data, "jn/plugins/echo"), `#!/bin/sh\n${header}printf 'args\\n%s\\n' "$*"\n`);
    const outcome = await runJn(["cat", "echo://a/b?c=d~csv?twice=true"], { cwd, env });
    assert.equal(succeeded(outcome), '{"args":"--mode=raw --twice=true echo://a/b?c=d"}\n', described(outcome));
  });

  test("a header that is wrong is said, and nothing of it is run", async (context) => {
    for (const [matches, modes, message] of [
      ['".*\\\\.foo$"', '"read"', /looks like a regular expression/],
      ['"*.foo"', '"fly"', /'modes' of a format must be some of read, write/],
    ] as const) {
      const cwd = folderWith(context);
      const env = { ...process.env, XDG_DATA_HOME: join(cwd, "data") };
      add(
        join(cwd, "data/jn/plugins/foo"),
        `#!/bin/sh\n# /// script\n# [tool.jn]\n# name = "foo"\n# matches = [${matches}]\n# modes = [${modes}]\n# ///\ntouch ran\n`,
      );
      const list = await runShell("jn plugin list | head -n 1; ls", { cwd, env });
      assert.match(list.stdout, message, described(list));
      assert.doesNotMatch(list.stdout, /^ran$/m, described(list));
    }
  });

  test("the conformance test finds what is not kept", async (context) => {
    const cwd = folderWith(context);
    const env = { ...process.env, XDG_DATA_HOME: join(cwd, "data") };
    const meta = '{"name":"lazy","role":"format","matches":["*.lazy"],"modes":["read","write"]}';
    add(
      join(cwd, "data/jn/plugins/lazy"),
      `#!/bin/sh\nif [ "$1" = --jn-meta ]; then echo '${meta}'; else cat | tail -n 1; fi\n`,
    );
    const outcome = await runJn(["plugin", "test", "lazy"], { cwd, env });
    const out = failed(outcome, 3, /does not keep [345] of the promises/);
    assert.match(out, /"test":"a mode that it does not have is refused[^}]*"ok":false/, described(outcome));
    assert.match(out, /"test":"what it writes, it reads[^}]*"ok":false/, described(outcome));
    assert.match(out, /it read all of \d+ bytes before the first record came/, described(outcome));
  });
});

test("every built-in is listed with its manifest, and callable", { timeout: 60_000 }, async () => {
  const list = succeeded(await runJn(["plugin", "list"], { env: { ...process.env, JN_PLUGINS: "none" } }));
  const names = list
    .trim()
    .split("\n")
    .map((line) => (JSON.parse(line) as { name: string }).name);
  assert.deepEqual(names, builtInNames());
  const info = JSON.parse(succeeded(await runJn(["plugin", "info", "yaml"]))) as Record<string, unknown>;
  assert.deepEqual(info["modes"], ["read", "write"]);
  const read = await runJn(["plugin", "call", "yaml", "--mode=read"], { input: "a: 1\n" });
  assert.equal(succeeded(read), '{"a":1}\n', described(read));
  const written = await runJn(["plugin", "call", "json", "--mode=write", "-o", "indent=1"], { input: "1\n" });
  assert.equal(succeeded(written), "[\n 1\n]\n", described(written));
  failed(await runJn(["plugin", "call", "nosuch", "--mode=read"]), 2, /there is no format 'nosuch'/);
  failed(await runJn(["plugin", "call", "csv"]), 2, /--mode must be read or write/);
});
