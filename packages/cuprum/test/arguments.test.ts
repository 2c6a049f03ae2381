import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { type Argument, buildArguments, operands, secret } from "cuprum";
import { described, echo, node, sh } from "./support/programs.ts";
import { refuses } from "./support/refusal.ts";

const timeout = 30_000;

describe("what arguments become", { timeout }, () => {
  for (const [given, expected] of [
    [[], []],
    [
      ["", "a b", "*", "$(id)", "--flag", "-", "--"],
      ["", "a b", "*", "$(id)", "--flag", "-", "--"],
    ],
    [
      [0, -1, 1.5, 10n ** 30n],
      ["0", "-1", "1.5", `1${"0".repeat(30)}`],
    ],
    [[{ short: true, maxCount: 3, e: ["a", "b"] }], ["--short", "--max-count=3", "-e", "a", "-e", "b"]],
    [[{ l: true, F: true, n: 3, "1": true }], ["-1", "-l", "-F", "-n", "3"]],
    [
      [{ dry_run: true, "no-verify": true, "no-Verify": true, ipv4: true }],
      ["--dry-run", "--no-verify", "--no-Verify", "--ipv4"],
    ],
    [[{ "X-Header": "a" }], ["--X-Header=a"]],
    [[{ a: false, b: undefined, c: [] }], []],
    [[{ value: "", n: "" }], ["--value=", "-n", ""]],
    [[{ value: "-rf", e: "-rf" }], ["--value=-rf", "-e", "-rf"]],
    [
      [{ exclude: ["a", "b=c"] }, "x", { verbose: true }],
      ["--exclude=a", "--exclude=b=c", "x", "--verbose"],
    ],
    [
      ["sub", operands("-rf", 1, 2n)],
      ["sub", "--", "-rf", "1", "2"],
    ],
    [
      [operands("a"), operands("b"), "c"],
      ["--", "a", "b", "c"],
    ],
    [[operands()], ["--"]],
    [[Object.assign(Object.create(null) as object, { all: true })], ["--all"]],
    [
      [secret("s"), { token: secret("t"), u: secret("u") }, operands(secret("v"))],
      ["s", "--token=t", "-u", "u", "--", "v"],
    ],
  ] as const satisfies readonly (readonly [readonly Argument[], readonly string[]])[]) {
    test(
      JSON.stringify(given, (_, value: unknown) => (typeof value === "bigint" ? `${value}n` : value)),
      () => {
        assert.deepEqual(buildArguments(given).args, expected);
      },
    );
  }

  test("a program without -- gets its operands bare, and none that begins with a dash", async () => {
    assert.deepEqual(buildArguments([{ n: true }, operands("a", "b")], false).args, ["-n", "a", "b"]);
    await refuses(() => buildArguments([operands("a", "-rf")], false), "INVALID_ARGUMENT", /argument 1, "-rf",.*\.\//);
    await refuses(() => echo(operands("-e")), "INVALID_ARGUMENT");
  });

  test("arguments cannot be changed afterwards", () => {
    const list = ["a"];
    const built = buildArguments([{ e: list }, secret("s")]);
    list.push("b");
    assert.deepEqual(built.args, ["-e", "a", "s"]);
    assert.ok(Object.isFrozen(built.args) && Object.isFrozen(built.secrets));
  });
});

describe("what is refused", { timeout }, () => {
  for (const [what, given, message] of [
    ["null", [null], /argument 1 is null/],
    ["undefined", ["a", undefined], /argument 2 is undefined/],
    ["NaN", [Number.NaN], /argument 1 is NaN/],
    ["Infinity", [{ count: Infinity }], /option count is Infinity/],
    ["null as an option's value", [{ output: null }], /option output is null/],
    ["null in a list", [{ e: ["a", null] }], /option e is null/],
    ["true alone", [true], /argument 1 is true/],
    ["a symbol", [Symbol("s")], /argument 1 is Symbol\(s\)/],
    ["a function", [(): void => {}], /argument 1 is/],
    ["an object as a value", [{ e: {} }], /option e is an object/],
    ["an object without a prototype as a value", [{ e: Object.create(null) as unknown }], /option e is an object/],
    ["a list", [["a", "b"]], /argument 1 is a list; spread it/],
    ["a Map", [new Map()], /neither text nor a plain object/],
    ["a Date", [new Date(0)], /neither text nor a plain object/],
    ["a NUL character", ["a\0b"], /argument 1 has a NUL character/],
    ["a NUL character in an option", [{ message: "a\0" }], /option message has a NUL/],
    ["a NUL character in a secret", [secret("a\0")], /argument 1 has a NUL/],
    ["half of a surrogate pair", ["\uD800"], /argument 1 has half of a surrogate pair/],
    ["half of a surrogate pair in an operand", [operands("ok", "x\uDC00y")], /argument 1 has half of a surrogate pair/],
    ["an option without a name", [{ "": true }], /"" is no option's name/],
    ["an option's name with its dashes", [{ "--force": true }], /"--force" is no option's name/],
    ["an option's name with a value", [{ "a=b": true }], /is no option's name/],
    ["an option's name with a space", [{ "a b": true }], /is no option's name/],
    ["a capital first, which would make three dashes", [{ Force: true }], /"Force" is no option's name/],
    ["an option behind operands", [operands("a"), { force: true }], /option force stands behind operands/],
  ] as const) {
    test(what, async () => {
      await refuses(() => buildArguments(given as unknown as readonly Argument[]), "INVALID_ARGUMENT", message);
    });
  }

  test("what is refused of a secret is not shown", async () => {
    const error = await refuses(() => echo(operands(secret("-hunter2"))), "INVALID_ARGUMENT", /\[redacted\]/);
    assert.doesNotMatch(`${error.message}${error.stack ?? ""}`, /hunter2/);
  });

  test("the types refuse null, lists and true alone", () => {
    // @ts-expect-error null is no argument
    assert.throws(() => echo(null));
    // @ts-expect-error an argument is no list
    assert.throws(() => echo(["a"]));
    // @ts-expect-error true is an option's value, and no argument
    assert.throws(() => echo(true));
  });
});

const SHOW = "process.stdout.write(JSON.stringify(process.argv.slice(1)))";

/** Text that a program can be given: everything but NUL and halves of surrogate pairs. */
const text = fc.string({ unit: "grapheme" }).filter((one) => !one.includes("\0"));
const value = fc.oneof(text, fc.integer(), fc.bigInt());
const name = fc.stringMatching(/^(?:[A-Za-z0-9]|[a-z0-9][A-Za-z0-9_-]{1,12})$/);
const options = fc.dictionary(name, fc.oneof(fc.boolean(), value, fc.array(value, { maxLength: 3 })), { maxKeys: 4 });
const argument: fc.Arbitrary<Argument> = fc.oneof(
  value,
  text.map((one) => secret(one)),
  options,
);

describe("what a program sees", { timeout: 60_000 }, () => {
  test("any arguments arrive exactly as buildArguments says", { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(argument, { maxLength: 8 }), fc.array(value, { maxLength: 4 }), async (given, rest) => {
        const whole: readonly Argument[] = ["-e", SHOW, "--", ...given, operands(...rest)];
        const result = await node(...whole).run({ check: true });
        // Node.js itself takes the first --; what comes later is the script's.
        const expected = buildArguments(whole).args.slice(3);
        assert.deepEqual(JSON.parse(result.stdout), expected, described(result));
      }),
      { numRuns: 12 },
    );
  });

  test("100,000 arguments arrive, and so does one of 100,000 characters", async () => {
    const many = Array.from({ length: 100_000 }, (_, index) => String(index));
    const script = "const a = process.argv.slice(1); console.log(a.length, a.at(-1))";
    const result = await node("-e", script, operands(...many)).run();
    assert.equal(result.stdout, "100000 99999\n", described({ ...result, args: [] }));
    const long = await node("-e", "console.log(process.argv[1].length)", operands("é".repeat(60_000))).run();
    assert.equal(long.stdout, "60000\n", described({ ...long, args: [] }));
  });

  test("more than the system takes is a failed start with a reason, and no lost process", async () => {
    const huge = echo(operands("x".repeat(300_000)));
    const error = await refuses(() => huge.run(), "SPAWN_FAILED", /cannot start echo .*E2BIG/);
    assert.equal(error.result?.pid, undefined);
    assert.equal(error.result?.status, "failed");
  });

  test("nothing is expanded or interpreted by a shell", async () => {
    const words = ["$HOME", "`id`", "$(id)", "*", "~", "a;b", "a|b", ">x", "a&&b", "\\n", "'", '"', "a\nb"];
    const result = await echo(...words).run();
    assert.equal(result.stdout, `${words.join(" ")}\n`, described(result));
  });

  test("a program that was looked up sees its name in the catalogue as its own, and not its path", async () => {
    const result = await sh("-c", 'echo "$0"').run();
    assert.equal(result.stdout, "sh\n", described(result));
  });
});
