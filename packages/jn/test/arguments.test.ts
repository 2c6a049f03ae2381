import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { described, failed, folderWith, runJn, succeeded } from "./support/jn.ts";
import { runPipes } from "./support/live.ts";

const TEN = Array.from({ length: 10 }, (_, index) => `${index + 1}\n`).join("");

/** Runs jn with a target that has content, and a source that would be read, and checks that both are as they were. */
async function refuses(
  folder: string,
  args: readonly string[],
  message: RegExp,
): Promise<{ readonly stderr: string; readonly shown: string }> {
  const outcome = await runJn(args, { cwd: folder, input: '{"new":1}\n' });
  const shown = described(outcome);
  assert.equal(failed(outcome, 2, message), "", shown);
  // One line, or for an expression three: the error, the expression, and an arrow to the place in it.
  assert.equal(
    outcome.stderr.trimEnd().split("\n").length,
    args[0] === "filter" && /\^/.test(outcome.stderr) ? 3 : 1,
    shown,
  );
  assert.doesNotMatch(outcome.stderr, /defect|node:|\bat .*:\d+:\d+/, shown);
  return { stderr: outcome.stderr, shown };
}

for (const args of [["-n", "3"], ["-n3"], ["-n=3"], ["--lines", "3"], ["--lines=3"], ["-n", "03"]]) {
  test(`a flag's value may be written ${args.join(" ")}`, async () => {
    for (const [command, expected] of [
      ["head", "1\n2\n3\n"],
      ["tail", "8\n9\n10\n"],
    ] as const) {
      const outcome = await runJn([command, ...args], { input: TEN });
      assert.equal(succeeded(outcome), expected, described(outcome));
    }
  });
}

test("zero records are zero records, for head and for tail", async () => {
  for (const args of [
    ["head", "-n", "0"],
    ["head", "-n=0"],
    ["tail", "-n0"],
    ["tail", "--lines=0"],
  ]) {
    const outcome = await runJn(args, { input: TEN });
    assert.equal(succeeded(outcome), "", described(outcome));
  }
});

test("a size may have a unit: K, M or G, of 1024", async () => {
  const input = `"${"a".repeat(1500)}"\n`;
  for (const [size, status] of [
    ["1K", 3],
    ["1k", 3],
    ["2K", 0],
    ["2KiB", 0],
    ["1M", 0],
  ] as const) {
    const outcome = await runJn(["cat", "--max-record-bytes", size], { input });
    assert.equal(outcome.status, status, described(outcome));
  }
});

test("flags may come after the other arguments, and between them", async (context) => {
  const cwd = folderWith(context, { "a.csv": "x\n1\n2\n3\n", "b.csv": "x\n4\n5\n6\n" });
  const outcome = await runJn(["head", "a.csv", "-n", "4", "b.csv"], { cwd });
  assert.equal(succeeded(outcome), '{"x":1}\n{"x":2}\n{"x":3}\n{"x":4}\n', described(outcome));
  const values = await runJn(["filter", ".x", "a.csv", "--values"], { cwd });
  assert.equal(succeeded(values), "1\n2\n3\n", described(values));
});

test("after -- nothing is a flag", async (context) => {
  const cwd = folderWith(context, { "-n.csv": "x\n1\n", "--help": '{"x":2}\n' });
  const outcome = await runJn(["cat", "--", "-n.csv", "--help~ndjson"], { cwd });
  assert.equal(succeeded(outcome), '{"x":1}\n{"x":2}\n', described(outcome));
  const expression = await runJn(["filter", "--", "-.x"], { cwd, input: '{"x":2}\n' });
  assert.equal(succeeded(expression), "-2\n", described(expression));
});

test("- and -~FORMAT, -?OPTION and -:label=NAME are addresses, not flags", async () => {
  for (const [args, input, output] of [
    [["cat", "-"], '{"x":1}\n', '{"x":1}\n'],
    [["cat", "-~csv"], "x\n1\n", '{"x":1}\n'],
    [["cat", "-~csv?delimiter=;"], "x;y\n1;2\n", '{"x":1,"y":2}\n'],
    [["merge", "-:label=a"], '{"x":1}\n', '{"_source":"standard input","_label":"a","x":1}\n'],
    [["cat", "-?encoding=latin1"], Buffer.from('"\xe9"\n', "latin1"), '"é"\n'],
    [["put", "-~csv"], '{"x":1}\n', "x\n1\n"],
    [["put", "-"], '{"x":1}\n', '{"x":1}\n'],
    [["head", "-~csv", "-n1"], "x\n1\n2\n", '{"x":1}\n'],
    [["tail", "-n", "1", "-~csv"], "x\n1\n2\n", '{"x":2}\n'],
    [["filter", ".x > 1", "-~csv"], "x\n1\n2\n", '{"x":2}\n'],
  ] as const) {
    const outcome = await runJn(args, { input });
    assert.equal(succeeded(outcome), output, described(outcome));
  }
});

test("a value that looks like a flag, or is empty, is a value all the same", async () => {
  const outcome = await runJn(["filter", "-n", "--arg", "a", "-h", "--arg", "b", "", "[$a, $b]"]);
  assert.equal(succeeded(outcome), '["-h",""]\n', described(outcome));
});

const MISTAKES: readonly (readonly [args: readonly string[], message: RegExp])[] = [
  // What does not exist, and what it is like.
  [["ct", "in.csv"], /^jn: .*no command 'ct'.*did you mean 'cat'/],
  [["filtre", "."], /^jn: .*no command 'filtre'.*did you mean 'filter'/],
  [["frobnicate"], /^jn: .*no command 'frobnicate'.*jn --help/],
  [["constructor"], /^jn: .*no command 'constructor'/],
  [["__proto__"], /^jn: .*no command '__proto__'/],
  [[""], /^jn: .*no command ''/],
  [["help", "hed"], /^jn.*: .*no command 'hed'.*did you mean 'head'/],
  [["--verison"], /^jn: .*no flag '--verison'.*did you mean '--version'/],
  [["--versoin", "put", "old.json"], /^jn: .*no flag '--versoin'/],
  [["head", "--line", "5"], /^jn head: .*no flag --line.*did you mean '--lines'/],
  [["head", "--line=5"], /^jn head: .*no flag --line.*did you mean '--lines'/],
  [["put", "--unoin", "old.csv"], /^jn put: .*no flag --unoin.*did you mean '--union'/],
  [["put", "old.json", "--frobnicate"], /^jn put: .*no flag --frobnicate/],
  [["put", "old.json", "--constructor"], /^jn put: .*no flag --constructor/],
  [["put", "old.json", "-x"], /^jn put: .*no flag -x; there are: -h$/m],
  [["head", "-5"], /^jn head: .*no flag -5; there are: -n, -h$/m],
  // Values.
  [["head", "-n"], /^jn head: -n needs N$/m],
  [["head", "--lines"], /^jn head: --lines needs N$/m],
  [["filter", "-n", ".", "--arg", "a"], /^jn filter: --arg needs NAME TEXT$/m],
  [["filter", "-n", "$a", "--argjson", "a", "{"], /^jn filter: --argjson a: '\{' is not JSON/],
  [["put", "--union=yes", "old.csv"], /^jn put: --union takes no value, but got 'yes'/],
  [["head", "-n", "1", "-n", "2"], /^jn head: -n is there twice/],
  [["put", "old.json", "--max-record-bytes", "lots"], /--max-record-bytes needs a whole number.*'lots'/],
  ...["", "-1", "1.5", "1e3", "0x10", "99999999999999999999", "5T", "٥"].map(
    (number) => [["head", `--lines=${number}`], /^jn head: --lines needs a whole number such as 10/] as const,
  ),
  [["tail", "-n", "-5"], /^jn tail: --lines needs a whole number.*'-5'/],
  // Too few, too many.
  [["put"], /^jn put: .*missing.*usage: jn put ADDRESS/],
  [["put", "old.json", "old.csv"], /^jn put: 'old.csv' is too much; usage: jn put ADDRESS/],
  [["filter"], /^jn filter: the expression is missing; usage: jn filter EXPRESSION/],
  [["filter", "-n", ".", "in.csv"], /^jn filter: --null-input reads nothing/],
  [["help", "cat", "put"], /^jn.*: 'put' is too much/],
  [["--version", "put"], /^jn: 'put' is too much/],
  [["--help", "put"], /^jn: 'put' is too much/],
  // Addresses.
  [["put", ""], /^jn put: an address is empty/],
  [["cat", "in.csv", ""], /^jn cat: an address is empty/],
  [["cat", "in.csv", "in.xyz"], /in\.xyz: '\.xyz' is no extension of a known format; name the format: in\.xyz~csv/],
  [["cat", "in.csv", "in.csv~cvs"], /there is no format 'cvs'.*did you mean 'csv'/],
  [["cat", "in.csv", "in.csv~constructor"], /there is no format 'constructor'/],
  [["cat", "in.csv", "in.csv?delimeter=;"], /there is no option 'delimeter' here.*did you mean 'delimiter'/],
  [["cat", "in.csv", "in.csv?constructor"], /there is no option 'constructor' here/],
  [["cat", "in.csv", "in.csv?skip=-1"], /\?skip= needs a whole number, not '-1'/],
  [["cat", "in.csv", "in.csv?skip=1&skip=2"], /'skip' is there twice/],
  [["cat", "in.csv", "in.csv?header=maybe"], /\?header= is true or false, not 'maybe'/],
  [["cat", "in.csv", "in.csv?ragged=drop"], /\?ragged= is one of error, fill/],
  [["cat", "in.csv", "in.csv?delimiter=%ZZ"], /no valid percent-encoding; write a literal % as %25/],
  [["cat", "in.csv", "in.csv?encoding=klingon"], /klingon/],
  [["cat", "gopher://example.org/a.csv"], /'gopher' addresses are not supported; fetch it and pipe it to jn cat -/],
  [["put", "*.csv"], /only files and standard output can be written/],
  [["put", "old.json?indnt=2"], /there is no option 'indnt' here.*did you mean 'indent'/],
  [["put", "old.json?indent=two"], /\?indent= needs a whole number/],
  [["put", "--union", "old.json"], /there is no option 'union' here/],
  [["put", "old.csv?columns="], /\?columns= needs names/],
  // The expression.
  [["filter", ".a |", "in.csv"], /^jn filter: /],
  [["filter", "nosuch(.a)", "in.csv"], /^jn filter: .*nosuch/],
];

for (const [args, message] of MISTAKES) {
  test(`jn ${args.join(" ")}: exit 2, a message that says what to do, nothing read or written`, async (context) => {
    const files = { "in.csv": "x\n1\n", "old.json": "old", "old.csv": "old" };
    const cwd = folderWith(context, files);
    const { shown } = await refuses(cwd, args, message);
    assert.deepEqual(readdirSync(cwd).toSorted(), Object.keys(files).toSorted(), shown);
    for (const [name, content] of Object.entries(files)) {
      assert.equal(readFileSync(join(cwd, name), "utf8"), content, shown);
    }
  });
}

test("a usage error reads nothing: what stands on standard input is there for the next program", async (context) => {
  const cwd = folderWith(context, { in: "first\nsecond\n" });
  for (const mistake of ["head --lin 1", "put", "put x.nosuch", "cat '-~csv?nosuch'", "filter '.a |'"]) {
    const outcome = await runPipes(`{ jn ${mistake} 2>/dev/null; echo $?; cat; } < in`, { cwd });
    assert.equal(outcome.stdout, "2\nfirst\nsecond\n", described(outcome));
  }
});

test("help is given for a command whose other arguments are wrong in number only", async () => {
  const outcome = await runJn(["put", "a.json", "b.json", "--help"]);
  assert.match(succeeded(outcome), /^jn put: /, described(outcome));
});

test("switches can share a dash, and the last one can take a value", { timeout: 60_000 }, async (context) => {
  const cwd = folderWith(context, { program: '"a"' });
  assert.equal(succeeded(await runJn(["filter", "-rn", '"a"'], { cwd })), "a\n");
  assert.equal(succeeded(await runJn(["filter", "-rnf", "program"], { cwd })), "a\n");
  failed(await runJn(["filter", "-rx", "."], { cwd }), 2, /there is no flag -x/);
});
