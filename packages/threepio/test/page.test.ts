import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import type { Page } from "playwright-core";
import { noBrowser, opened, until } from "./support/browser.ts";
import { HOSTILE, hostileEvents, writeJournal } from "./support/journals.ts";
import { described, SYNTHETIC, threepio, workFolder } from "./support/threepio.ts";

const isHeavy = process.env["JN_TEST_HEAVY"] === "1";
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

async function pageOf(cwd: string, run: string): Promise<string> {
  const outcome = await threepio(["report", run, "-f", "html", "-o", "page.html"], { cwd });
  assert.equal(outcome.status, 0, described(outcome));
  return pathToFileURL(join(cwd, "page.html")).href;
}

async function text(page: Page, selector: string): Promise<string> {
  return (await page.textContent(selector)) ?? "";
}

/** What axe-core finds. It is put in past the page's policy, which would rightly refuse it. */
async function violations(page: Page): Promise<readonly string[]> {
  const session = await page.context().newCDPSession(page);
  await session.send("Runtime.evaluate", { expression: AXE });
  const found = await session.send("Runtime.evaluate", {
    expression:
      "axe.run().then(({ violations }) => violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => id + ': ' + html)))",
    awaitPromise: true,
    returnByValue: true,
  });
  return found.result.value as readonly string[];
}

test(
  "the page: what failed is shown first, with message, difference, output and command",
  { skip: noBrowser, timeout: 120_000 },
  async (context) => {
    const cwd = workFolder(context);
    const path = ["tests/test_a.py", "TestB", "test_c[1]"];
    for (const [index, status] of (["pass", "fail", "pass"] as const).entries()) {
      writeJournal(cwd, [{ type: "test.end", path, status }], { id: `2025010${index + 1}T000000-0000` });
    }
    writeJournal(cwd, [
      { type: "test.end", path: ["tests/test_a.py", "passes"], status: "pass", ms: 5 },
      {
        type: "test.end",
        path,
        status: "fail",
        ms: 1500,
        output: [{ stream: "stdout", text: "printed\n" }],
        error: {
          message: "1 == 2",
          stack: "1 == 2\n  at f",
          expected: "a\nb\nc",
          actual: "a\nx\nc",
          file: "tests/test_a.py",
          line: 7,
        },
      },
    ]);
    const { page, requests, errors } = await opened(context, await pageOf(cwd, "2026"));
    assert.match(await text(page, "h1"), /^failed 2 tests$/);
    assert.equal(await text(page, "#matches"), "1 shown");
    await page.click("#rows .test");
    const detail = await text(page, "#detail");
    for (const part of [
      "test_c[1]",
      "tests/test_a.py › TestB",
      "1.50 s",
      "tests/test_a.py:7",
      "1 == 2\n  at f",
      "printed",
    ]) {
      assert.ok(detail.includes(part), `${part} is missing in ${detail}`);
    }
    assert.match(detail, /Before, failed in 1 of 3 runs/);
    assert.equal(await page.getAttribute(".sparkline", "aria-label"), "The last 4 runs: 2 with failures");
    assert.match(detail, /pytest .*tests\/test_a\.py::TestB::test_c\[1\]/);
    assert.deepEqual([await text(page, ".diff .expected"), await text(page, ".diff .actual")], ["- b\n", "+ x\n"]);
    await page.keyboard.press("t");
    assert.match((await page.getAttribute("#panel-timeline canvas", "aria-label"))!, /^2 tests of 1 workers over /);
    await page.keyboard.press("s");
    await page.click("#panel-slowest button");
    assert.equal(await text(page, "#detail h2"), "test_c[1]");
    assert.deepEqual([requests, errors], [[], []]);
  },
);

test(
  "the page: a share of the slowest tests says something, of however many tests they are (all were 0.0 %)",
  { skip: noBrowser, timeout: 120_000 },
  async (context) => {
    const cwd = workFolder(context);
    const quick = Array.from({ length: 9998 }, (_, at) => ["a.py", `quick ${at}`]);
    writeJournal(cwd, [
      ...quick.map((path) => ({ type: "test.end", path, status: "pass", ms: 5 }) as const),
      { type: "test.end", path: ["a.py", "slow"], status: "pass", ms: 17 },
      { type: "test.end", path: ["a.py", "slower"], status: "pass", ms: 6000 },
    ]);
    const { page } = await opened(context, await pageOf(cwd, "2026"));
    await page.keyboard.press("s");
    const cells = await page.locator("#panel-slowest td.number").allTextContents();
    assert.deepEqual(cells.slice(0, 4), ["6.00 s", "11 %", "17 ms", "0.030 %"]);
    const sum = "100 of 10,000 tests took 6.51 s of 56.0 s: 12 %.";
    assert.equal(await text(page, "#panel-slowest p"), sum);
  },
);

test("the page: keys move, open, close, filter and search", { skip: noBrowser, timeout: 120_000 }, async (context) => {
  const cwd = workFolder(context);
  const run = await threepio([process.execPath, SYNTHETIC, "1000", "2", "1"], { cwd });
  assert.equal(run.status, 0, described(run));
  const { page, errors } = await opened(context, await pageOf(cwd, "latest"));
  const matches = async (): Promise<string> => await text(page, "#matches");
  await page.keyboard.press("1");
  assert.equal(await matches(), "1,000 shown");
  await page.keyboard.press("/");
  await page.keyboard.type("UMLÄUT [99-");
  await until(page, "document.querySelector('#matches').textContent === '2 shown'");
  await page.keyboard.press("Escape");
  await until(page, "document.querySelector('#matches').textContent === '1,000 shown'");
  await page.keyboard.press("Home");
  const rows = async (): Promise<number> => (await page.locator("#rows .row").all()).length;
  const closed = await rows();
  await page.keyboard.press("ArrowRight");
  assert.ok((await rows()) > closed, "a group opens");
  await page.keyboard.press("ArrowLeft");
  assert.equal(await rows(), closed);
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowDown");
  assert.match(await text(page, "#detail h2"), /^test_something\[/);
  const active = await page.getAttribute("#list", "aria-activedescendant");
  assert.equal(await page.getAttribute(`#${active!}`, "aria-selected"), "true");
  await page.keyboard.press("?");
  assert.ok(await page.isVisible("#keys"));
  assert.deepEqual(errors, []);
});

test(
  "the page: names, messages and output are text, whatever is in them, and nothing leaves it",
  { skip: noBrowser, timeout: 120_000 },
  async (context) => {
    const cwd = workFolder(context);
    const folder = writeJournal(cwd, hostileEvents(), { command: HOSTILE });
    const url = await pageOf(cwd, `./${folder.slice(cwd.length + 1)}`);
    const { page, requests, errors } = await opened(context, url);
    await page.keyboard.press("1");
    const results = HOSTILE.length + 2 + 1 + 2;
    assert.equal(await text(page, "#matches"), `${results} shown`);
    await page.focus("#list");
    await page.keyboard.press("Home");
    const seen = new Set<string>();
    for (let step = 0; step < 3 * results + 5; step++) {
      await page.keyboard.press("ArrowDown");
      seen.add(String(await page.evaluate("document.querySelector('#detail h2')?.textContent")));
    }
    for (const tab of ["t", "s", "l"]) await page.keyboard.press(tab);
    assert.ok(seen.has("</script><script>document.title='owned'</script>"), [...seen].join("\n"));
    assert.ok(seen.has("<img src=x onerror=document.title='owned'>"));
    assert.ok(seen.has("\\u202egnp.exe"), "text cannot turn its direction");
    assert.equal(await page.locator("img, iframe, object, embed, a[href], main script, main style").count(), 0);
    assert.ok(!(await page.title()).includes("owned"));
    assert.deepEqual([requests, errors], [[], []]);
    // And had it been otherwise: the policy refuses what is not the page's own.
    await page.evaluate(
      "document.body.append(Object.assign(document.createElement('script'), { textContent: 'document.title = \"owned\"' }))",
    );
    await page.evaluate("fetch('https://example.org/').catch(() => 0)");
    assert.ok(!(await page.title()).includes("owned"));
    assert.ok(
      errors.some((error) => error.includes("Content Security Policy")),
      errors.join("\n"),
    );
  },
);

for (const isDark of [false, true]) {
  test(
    `the page: axe finds nothing, ${isDark ? "dark" : "light"}, in every view`,
    // The other theme is looked at in the light page, too.
    {
      skip: noBrowser !== false ? noBrowser : isDark && !isHeavy ? "runs with JN_TEST_HEAVY=1" : false,
      timeout: 120_000,
    },
    async (context) => {
      const cwd = workFolder(context);
      for (const id of ["20260101T000000-0001", "20260101T000000-0002"]) writeJournal(cwd, hostileEvents(), { id });
      const { page } = await opened(context, await pageOf(cwd, "20260101T000000-0002"), isDark);
      await page.keyboard.press("1");
      await page.click("#rows .test.fail");
      assert.deepEqual(await violations(page), [], "tests");
      await page.keyboard.press("t");
      assert.deepEqual(await violations(page), [], "timeline");
      await page.keyboard.press("s");
      assert.deepEqual(await violations(page), [], "slowest");
      await page.click("#theme");
      assert.deepEqual(await violations(page), [], "the other theme");
      await page.keyboard.press("?");
      assert.deepEqual(await violations(page), [], "keys");
    },
  );
}

const skipLarge = noBrowser !== false ? noBrowser : isHeavy ? false : "runs with JN_TEST_HEAVY=1";
test(
  "the page at 207,418 tests: all are there, a search shows its results, few elements exist",
  { skip: skipLarge, timeout: 600_000 },
  async (context) => {
    const cwd = workFolder(context);
    const run = await threepio([process.execPath, SYNTHETIC, "207418", "4", "1"], { cwd });
    assert.equal(run.status, 0, described(run));
    const url = await pageOf(cwd, "latest");
    const { page, errors } = await opened(context, url);
    context.diagnostic(
      `opened after ${String(await page.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd"))} ms`,
    );
    await page.keyboard.press("1");
    assert.equal(await text(page, "#matches"), "207,418 shown");
    await page.focus("#list");
    await page.keyboard.press("End");
    assert.match(await text(page, "#rows .row:last-child .name"), /test_|TestGroup/);
    assert.ok((await page.locator("#rows .row").count()) < 100);
    await page.keyboard.press("/");
    await page.keyboard.type("something[207-");
    await until(page, "document.querySelector('#matches').textContent === '4 shown'");
    assert.deepEqual(errors, []);
  },
);
