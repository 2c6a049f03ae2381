import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { JournalWriter } from "../src/journal/writer.ts";
import { noBrowser, opened, until } from "./support/browser.ts";
import { writeJournal } from "./support/journals.ts";
import { PROGRAM, workFolder } from "./support/threepio.ts";

/** Starts `3pio watch` and returns its address. */
async function watched(context: TestContext, cwd: string, run: string): Promise<URL> {
  const child = spawn(process.execPath, [PROGRAM, "watch", run], { cwd, stdio: ["ignore", "pipe", "inherit"] });
  context.after(async () => {
    child.kill("SIGINT");
    const [status] = (await once(child, "close")) as [number | null];
    assert.equal(status, 130);
  });
  const [chunk] = (await once(child.stdout, "data")) as [Buffer];
  return new URL(chunk.toString().trim());
}

/** The status and text of an answer, by a client that sends what it likes. */
async function asked(
  url: URL,
  options: { readonly method?: string; readonly headers?: Record<string, string> } = {},
): Promise<readonly [status: number, text: string]> {
  return await new Promise((resolve, reject) => {
    const sent = request(url, options, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part: string) => {
        text += part;
      });
      response.on("end", () => resolve([response.statusCode ?? 0, text]));
    });
    sent.on("error", reject).end();
  });
}

test("watch answers whoever has the token, by its own name, and nobody else", { timeout: 60_000 }, async (context) => {
  const cwd = workFolder(context);
  writeJournal(cwd, [{ type: "test.end", path: ["a.py", "t"], status: "pass", ms: 1 }]);
  const url = await watched(context, cwd, "2026");
  assert.equal(url.hostname, "127.0.0.1");
  const [status, page] = await asked(url);
  assert.equal(status, 200);
  assert.match(page, /^<!doctype html>/);
  const data = new URL(`/data${url.search}`, url);
  assert.match((await asked(data))[1], /^run 0 0 \{"id":"20260101T000000-0000","state":"COMPLETED"/);
  const statusOf = async (address: URL, options?: Parameters<typeof asked>[1]): Promise<number> =>
    (await asked(address, options))[0];
  assert.equal(await statusOf(new URL("/data", url)), 403, "no token");
  assert.equal(await statusOf(new URL("/data?token=x", url)), 403, "another token");
  assert.equal(
    await statusOf(data, { headers: { host: `example.org:${url.port}` } }),
    403,
    "another name for this machine",
  );
  assert.equal(await statusOf(data, { headers: { origin: "https://example.org" } }), 403, "from another page");
  assert.equal(await statusOf(data, { method: "POST" }), 405);
  assert.equal(await statusOf(new URL(`/etc/passwd${url.search}`, url)), 404);
});

test(
  "watch: the page shows tests as they end, and that the run is over",
  { skip: noBrowser, timeout: 120_000 },
  async (context) => {
    const cwd = workFolder(context);
    const id = "20260101T000000-0000";
    const events = join(cwd, ".3pio/runs", id, "events");
    mkdirSync(events, { recursive: true });
    // This process is at work, and has 3pio in its command line: node --test .../3pio is not certain, so a child stands for it.
    const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)", "3pio"], { stdio: "ignore" });
    const pid = child.pid!;
    context.after(() => child.kill("SIGKILL"));
    const own = new JournalWriter(events, id, "3pio");
    own.write({ type: "hello", runner: "3pio", pid, cwd });
    own.write({ type: "run.start", command: ["tests"], started: ["tests"], cwd, runner: "pytest", streams: [], pid });
    const worker = new JournalWriter(events, id, "pytest-1");
    worker.write({ type: "hello", runner: "pytest", pid: 1, cwd });
    worker.write({ type: "test.end", path: ["a.py", "first"], status: "pass", ms: 1 });
    const url = await watched(context, cwd, "2026");
    const { page, errors } = await opened(context, url.href);
    await until(page, "document.querySelector('h1').textContent === 'running 1 test'");
    await until(page, "document.querySelector('#live').textContent === 'live'");
    await page.keyboard.press("1");
    worker.write({
      type: "test.end",
      path: ["a.py", "second <b>"],
      status: "fail",
      ms: 1,
      error: { message: "broken" },
    });
    await until(page, "document.querySelector('h1').textContent === 'running 2 tests'");
    await page.click("#rows .test.fail");
    assert.match((await page.textContent("#detail"))!, /second <b>.*broken/s);
    worker.close();
    own.write({ type: "run.end", exitCode: 1, ms: 500 });
    own.close();
    await until(page, "document.querySelector('h1').textContent === 'failed 2 tests'");
    assert.match((await page.textContent("#detail"))!, /second <b>/, "what was selected stays");
    assert.deepEqual(errors, []);
  },
);
