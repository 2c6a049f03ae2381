import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { conformance } from "../src/plugins/external/conformance.ts";
import { checkSource, type SourceFinding } from "../src/plugins/external/source-check.ts";
import { LANGUAGES, template } from "../src/plugins/external/template.ts";
import { builtInNames } from "./support/built-in-names.ts";
import { described, failed, folderWith, runJn, runShell, succeeded } from "./support/jn.ts";

const IS_HEAVY = process.env["JN_TEST_HEAVY"] === "1";

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

/** Every promise of the contract is kept. */
async function passes(path: string, count: number): Promise<void> {
  const findings = [];
  for await (const finding of conformance(path)) findings.push(finding);
  assert.deepEqual(
    findings.filter(({ ok }) => !ok),
    [],
  );
  assert.equal(findings.length, count);
}

describe("external plugins", { timeout: 240_000 }, () => {
  test("a new one works, in every language, and passes its own test and check", async (context) => {
    for (const language of ["python", "shell", "javascript"]) {
      const cwd = folderWith(context);
      if (language !== "python" && !IS_HEAVY) {
        writeFileSync(join(cwd, `pairs${LANGUAGES.get(language)}`), template(language, "pairs"));
        const path = join(cwd, `pairs${LANGUAGES.get(language)}`);
        chmodSync(path, 0o755);
        // What runs of the JavaScript one, that of the TypeScript one does, too.
        if (language === "shell") await passes(path, 9);
        assert.deepEqual(checkSource(path), []);
        continue;
      }
      const env = { ...process.env, XDG_DATA_HOME: join(cwd, "data") };
      const made = await runJn(["plugin", "new", "pairs", "--language", language], { cwd, env });
      const { created } = JSON.parse(succeeded(made)) as { created: string };
      if (language === "python") {
        const outcome = await runShell("jn put out.pairs && cat out.pairs && jn filter .a out.pairs", {
          cwd,
          env,
          input: '{"a":"1","b":"x y"}\n{"a":"ü"}\n',
        });
        assert.equal(succeeded(outcome), 'a=1;b=x y\na=ü\n"1"\n"ü"\n', described(outcome));
        const again = await runJn(["plugin", "new", "pairs", "--language", language], { cwd, env });
        failed(again, 4, /cannot create .*pairs/);
      }
      await passes(join(cwd, created), 9);
      assert.deepEqual(checkSource(join(cwd, created)), []);
    }
  });

  test("the TypeScript one is right by its types, and works", async (context) => {
    const cwd = folderWith(context);
    const env = { ...process.env, XDG_DATA_HOME: join(cwd, "data") };
    const made = await runJn(["plugin", "new", "pairs", "--language", "typescript"], { cwd, env });
    const { created } = JSON.parse(succeeded(made)) as { created: string };
    const compiler = fileURLToPath(new URL("../../../../node_modules/.bin/tsc", import.meta.url));
    const types = fileURLToPath(new URL("../../../../node_modules/@types", import.meta.url));
    const flags = ["--noEmit", "--checkJs", "--strict", "--target", "es2022", "--module", "nodenext"];
    const checked = (path: string): { readonly status: number | null; readonly stdout: string } =>
      spawnSync(compiler, [...flags, "--typeRoots", types, "--types", "node", path], { cwd, encoding: "utf8" });
    const { status, stdout } = checked(created);
    assert.equal(status, 0, stdout);
    if (IS_HEAVY) {
      // Its types are checked, not passed over.
      writeFileSync(
        join(cwd, "wrong.mjs"),
        template("typescript", "pairs").replace("JSON.stringify(Object", "(Object"),
      );
      assert.match(checked("wrong.mjs").stdout, /TS2322/);
    }
    // This Node runs it as it stands.
    await passes(join(cwd, created), 9);
    assert.deepEqual(checkSource(join(cwd, created)), []);
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

  test("several plugins are trusted together, or none of them", async (context) => {
    const cwd = folderWith(context, { "a.one": "x", "a.two": "x" });
    const env = { ...process.env, XDG_DATA_HOME: join(cwd, "data") };
    for (const name of ["one", "two"])
      add(join(cwd, ".jn/plugins", name), plugin(name, `*.${name}`, `cat >/dev/null; echo '{"by":"${name}"}'`));
    failed(await runJn(["plugin", "trust", "one", "tow"], { cwd, env }), 2, /tow/);
    failed(await runJn(["cat", "a.one"], { cwd, env }), 2, /not trusted/);
    succeeded(await runJn(["plugin", "trust", "one", "two"], { cwd, env }));
    assert.equal(succeeded(await runJn(["cat", "a.one", "a.two"], { cwd, env })), '{"by":"one"}\n{"by":"two"}\n');
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

describe("more that a plugin can be", { timeout: 120_000 }, () => {
  const ROT = `#!/bin/sh
# /// script
# [tool.jn]
# name = "rot"
# role = "codec"
# matches = ["*.rot"]
# modes = ["read", "write"]
# ///
[ $# = 1 ] || exit 2
case "$1" in
  --jn-meta) echo '{"name":"rot","role":"codec","matches":["*.rot"],"modes":["read","write"]}' ;;
  --mode=read) sed -u '/^end$/q' | { awk '/^end$/ { ok = 1; next } { print; fflush() } END { exit !ok }'; } | tr a-z n-za-m ;;
  --mode=write) tr a-z n-za-m; echo end ;;
  *) exit 2 ;;
esac
`;

  test("a codec: what it packs can be any format, and it can be called", async (context) => {
    const cwd = folderWith(context);
    const env = { ...process.env, XDG_DATA_HOME: join(cwd, "data") };
    add(join(cwd, "data/jn/plugins/rot"), ROT);
    const written = await runShell(
      "jn put a.csv.rot && cat a.csv.rot && jn cat a.csv.rot && jn cat '-~csv?codec=rot' < a.csv.rot",
      {
        cwd,
        env,
        input: '{"x":"one"}\n',
      },
    );
    assert.equal(succeeded(written), 'k\nbar\nend\n{"x":"one"}\n{"x":"one"}\n', described(written));
    const called = await runShell("jn plugin call rot --mode=read < a.csv.rot", { cwd, env });
    assert.equal(succeeded(called), "x\none\n", described(called));
  });

  test("a source of profiles: they are listed, read, and checked", async (context) => {
    const cwd = folderWith(context, { "a.csv": "x\n1\n2\n" });
    const env = { ...process.env, XDG_DATA_HOME: join(cwd, "data") };
    const profiles = [
      { name: "mail/inbox", type: "http", base_url: "mail://inbox", format: "csv", description: "what came" },
      { name: "mail/odd", patern: "*" },
    ];
    const meta = '{"name":"mail","role":"protocol","matches":["mail://*"],"modes":["raw","profiles"]}';
    add(
      join(cwd, "data/jn/plugins/mail"),
      `#!/bin/sh\ncase "$1" in\n--jn-meta) echo '${meta}';;\n--mode=profiles) echo '${profiles.map((one) => JSON.stringify(one)).join("\n")}';;\n--mode=raw) printf 'from\\n%s\\n' "$2";;\n*) exit 2;;\nesac\n`,
    );
    const read = await runJn(["cat", "@mail/inbox?new=1"], { cwd, env });
    assert.equal(succeeded(read), '{"from":"mail://inbox?new=1"}\n', described(read));
    const tree = await runJn(["profile", "tree"], { cwd, env });
    assert.equal(succeeded(tree), "@mail/\n  inbox (http): what came\n  odd (wrong: jn profile check)\n");
    assert.match(failed(await runJn(["profile", "check"], { cwd, env }), 3, /1 of 2/), /no field 'patern'/);
    await passes(join(cwd, "data/jn/plugins/mail"), 4);
  });

  test("on the path: one called jn-plugin-... adds, and replaces nothing", async (context) => {
    const cwd = folderWith(context, { "a.foo": "x", "a.csv": "x\n1\n" });
    const bin = join(cwd, "bin");
    add(join(bin, "jn-plugin-foo"), plugin("foo", "*.foo", 'cat >/dev/null; echo \'{"by":"path"}\''));
    add(join(bin, "jn-plugin-csv"), plugin("mycsv", "*.csv", 'cat >/dev/null; echo \'{"by":"path"}\''));
    add(join(bin, "other"), plugin("other", "*.other", "true"));
    const env = { ...process.env, XDG_DATA_HOME: join(cwd, "data"), PATH: `${bin}:${process.env["PATH"]}` };
    const outcome = await runShell("jn cat a.foo a.csv a.csv~mycsv; jn plugin list | grep '\"path\"' | wc -l", {
      cwd,
      env,
    });
    assert.equal(succeeded(outcome), '{"by":"path"}\n{"x":1}\n{"by":"path"}\n2\n', described(outcome));
    const relative = { ...env, PATH: `bin:${process.env["PATH"]}` };
    failed(await runJn(["cat", "a.foo"], { cwd, env: relative }), 2, /'\.foo' is no extension of a known format/);
  });

  test("what a plugin says of itself is kept until its file changes", async (context) => {
    const cwd = folderWith(context, { "a.foo": "x" });
    const env = { ...process.env, XDG_DATA_HOME: join(cwd, "data"), XDG_CACHE_HOME: join(cwd, "cache") };
    const file = join(cwd, "data/jn/plugins/foo");
    const says = (what: string): string =>
      plugin("foo", "*.foo", `cat >/dev/null; echo '{"by":"${what}"}'`, false).replace(
        "--jn-meta)",
        "--jn-meta) echo >> asked;",
      );
    add(file, says("one"));
    const asked = (): number => readFileSync(join(cwd, "asked"), "utf8").length;
    assert.equal(succeeded(await runJn(["cat", "a.foo"], { cwd, env })), '{"by":"one"}\n');
    assert.equal(asked(), 1);
    assert.equal(succeeded(await runJn(["cat", "a.foo"], { cwd, env })), '{"by":"one"}\n');
    assert.equal(asked(), 1);
    add(file, says("two"));
    assert.equal(succeeded(await runJn(["cat", "a.foo"], { cwd, env })), '{"by":"two"}\n');
    assert.equal(asked(), 2);
    writeFileSync(join(cwd, "cache/jn/plugins.json"), "{ damaged");
    assert.equal(succeeded(await runJn(["cat", "a.foo"], { cwd, env })), '{"by":"two"}\n');
  });

  test("raw calls print the bytes at an address as they are", async (context) => {
    const server = createServer((_request, response) => response.end("some\u0000bytes"));
    await new Promise<void>((resolve) => {
      server.listen(0, "127.0.0.1", resolve);
    });
    context.after(() => server.close());
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/x`;
    const outcome = await runJn(["plugin", "call", "http", "--mode=raw", url]);
    assert.equal(succeeded(outcome), "some\u0000bytes", described(outcome));
    failed(await runJn(["plugin", "call", "http", "--mode=raw"]), 2, /--mode raw needs an ADDRESS/);
    const packed = await runShell("jn plugin call gz --mode=write | gzip -dc", { input: "text\n" });
    assert.equal(succeeded(packed), "text\n", described(packed));
  });
});

describe("jn plugin check finds what breaks the streaming rules", { timeout: 60_000 }, () => {
  for (const [file, line, rule] of [
    ["a.py", "data = sys.stdin.read()", "reads-to-end"],
    ["a.py", "doc = json.load(sys.stdin)", "reads-to-end"],
    ["a.py", "rows = sorted(sys.stdin)", "reads-to-end"],
    ["a.py", "out = subprocess.run(['x'], capture_output=True)", "whole-output"],
    ["a.py", "out = subprocess.check_output(['x'])", "whole-output"],
    ["a.py", "child = subprocess.Popen(['x'])", "unwaited-child"],
    ["a.py", "child = Popen(['x'], stdout=PIPE); child.wait()", "missing-close"],
    ["a.py", "file = open('x')", "missing-close"],
    ["a.mjs", 'const all = readFileSync(0, "utf8");', "reads-to-end"],
    ["a.ts", "const all: string = await text(process.stdin);", "reads-to-end"],
    ["a.mjs", "const out = execSync(`ls`);", "whole-output"],
    ["a.mjs", 'const child = spawn("ls");', "unwaited-child"],
    ["a.mjs", 'const fd = openSync("x", "w");', "missing-close"],
    ["a.sh", "all=$(cat)", "reads-to-end"],
    ["a.sh", "jq --slurp '.[]'", "reads-to-end"],
    ["a.sh", "grep x | sort -u", "reads-to-end"],
    ["a.sh", "out=$(curl http://x)", "whole-output"],
    ["a.sh", "long_work &", "unwaited-child"],
    ["a.sh", "exec 3> out", "missing-close"],
  ] as const) {
    test(`${file}: ${line}`, (context) => {
      const comment = file.endsWith("s") ? "//" : "#";
      const check = (text: string): readonly SourceFinding[] =>
        checkSource(join(folderWith(context, { [file]: text }), file))!;
      const found = check(`\n${line}\n`);
      assert.deepEqual(
        found.map((one) => [one.line, one.rule]),
        [[2, rule]],
      );
      assert.deepEqual(check(`${comment} ${line}\n`), [], "in a comment");
      assert.deepEqual(check(`${comment} jn: allow ${rule} -- it is small\n${line}\n`), []);
      const [unexplained] = check(`${line} ${comment} jn: allow ${rule}\n`);
      assert.match(unexplained!.problem, /say why it is allowed/);
      const [needless] = check(`x=1\n${comment} jn: allow ${rule} -- it is small\n`);
      assert.match(needless!.problem, /nothing to allow here/);
    });
  }

  for (const [file, text] of [
    [
      "a.py",
      "with open('x') as file:\n  pass\nwith subprocess.Popen(['x'], stdout=subprocess.PIPE) as child:\n  pass\n",
    ],
    ["a.py", 'for line in sys.stdin:\n  print("# sys.stdin.read()" )\n'],
    ["a.mjs", 'const found = /x/.exec(line);\nconst child = spawn("x");\nchild.on("close", done);\n'],
    ["a.sh", "name=$(basename \"$0\")\njq -c 'sort | .[]'\nwork &\nwait\nexec 3< in\nexec 3<&-\ncmd 2>&1 && other\n"],
  ] as const) {
    test(`${file}: what is right is not found: ${text.split("\n")[0]}`, (context) => {
      assert.deepEqual(checkSource(join(folderWith(context, { [file]: text }), file)), []);
    });
  }

  test("by name, for all, and of no language that is understood", async (context) => {
    const cwd = folderWith(context, { "own.py": "x = sys.stdin.read()\n" });
    const env = { ...process.env, XDG_DATA_HOME: join(cwd, "data") };
    add(join(cwd, ".jn/plugins/foo"), plugin("foo", "*.foo", "all=$(cat)"));
    add(join(cwd, "data/jn/plugins/program"), "\u007fELF...");
    const all = await runJn(["plugin", "check"], { cwd, env });
    const out = failed(all, 3, /1 found; mend it, or allow it where it is/);
    assert.match(out, /foo","line":\d+,"rule":"reads-to-end"/, described(all));
    assert.match(out, /not checked: no Python, JavaScript, TypeScript or shell/, described(all));
    assert.equal(
      failed(await runJn(["plugin", "check", "foo"], { cwd, env }), 3, /1 found/)
        .trim()
        .split("\n").length,
      1,
    );
    failed(await runJn(["plugin", "check", "own.py"], { cwd, env }), 3, /1 found/);
  });
});

describe("plugins written from docs/plugins.md alone", { timeout: 60_000 }, () => {
  const PYTHON = `#!/usr/bin/env python3
# /// script
# [tool.jn]
# name = "semicolons"
# matches = ["*.semi"]
# role = "format"
# modes = ["read", "write"]
# options = [{ name = "upper", kind = "boolean", help = "names in capitals" }]
# ///
import argparse, json, os, sys
from urllib.parse import quote, unquote

parser = argparse.ArgumentParser()
parser.add_argument("--jn-meta", action="store_true")
parser.add_argument("--mode", choices=["read", "write"])
parser.add_argument("--upper", default="false")
args = parser.parse_args()
try:
    if args.jn_meta:
        print(json.dumps({"name": "semicolons", "role": "format", "matches": ["*.semi"], "modes": ["read", "write"],
                          "options": [{"name": "upper", "kind": "boolean", "help": "names in capitals"}]}))
    elif args.mode == "read":
        for line in sys.stdin:
            if line.strip():
                fields = [field.split(":", 1) for field in line.rstrip("\\n").split(";")]
                upper = args.upper == "true"
                record = {unquote(key).upper() if upper else unquote(key): json.loads(unquote(value)) for key, value in fields}
                print(json.dumps(record, ensure_ascii=False), flush=True)
    elif args.mode == "write":
        for line in sys.stdin:
            if line.strip():
                print(";".join(f"{quote(k)}:{quote(json.dumps(v))}" for k, v in json.loads(line).items()), flush=True)
    else:
        sys.exit("no mode")
except BrokenPipeError:
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    sys.exit(141)
`;

  const SHELL = `#!/bin/sh
# /// script
# [tool.jn]
# name = "quoted"
# matches = ["*.quoted"]
# modes = ["read", "write"]
# ///
# A record a line, as a JSON string: JSON within JSON.
[ $# -eq 1 ] || { echo "one argument: --jn-meta or --mode=MODE" >&2; exit 2; }
case $1 in
  --jn-meta) printf '%s\\n' '{"name":"quoted","role":"format","matches":["*.quoted"],"modes":["read","write"]}' ;;
  --mode=read) exec jq --compact-output --unbuffered fromjson ;;
  --mode=write) exec jq --compact-output --unbuffered tojson ;;
  *) echo "no such mode: $1" >&2; exit 2 ;;
esac
`;

  for (const [name, text, file] of [
    ["Python", PYTHON, "semicolons.py"],
    ["shell", SHELL, "quoted.sh"],
  ] as const) {
    test(name, async (context) => {
      const cwd = folderWith(context);
      const env = { ...process.env, XDG_DATA_HOME: join(cwd, "data") };
      add(join(cwd, "data/jn/plugins", file), text);
      if (name === "shell" && !IS_HEAVY) {
        await passes(join(cwd, "data/jn/plugins", file), 9);
        assert.deepEqual(checkSource(join(cwd, "data/jn/plugins", file)), []);
      } else {
        const tested = await runShell(`jn plugin test ${file} && jn plugin check ${file}`, { cwd, env });
        const findings = succeeded(tested).trim().split("\n");
        assert.equal(findings.length, 9, described(tested));
        for (const finding of findings) assert.match(finding, /"ok":true/, described(tested));
      }
      const extension = name === "Python" ? "semi" : "quoted";
      const used = await runShell(`jn put a.${extension} && jn cat a.${extension}`, {
        cwd,
        env,
        input: '{"a":{"b":[1,"ü"]}}\n',
      });
      assert.deepEqual(JSON.parse(succeeded(used)), { a: { b: [1, "ü"] } }, described(used));
    });
  }
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
  failed(await runJn(["plugin", "call", "csv"]), 2, /--mode must be read, write or raw/);
});
