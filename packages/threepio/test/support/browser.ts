import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import type { TestContext } from "node:test";
import { chromium, type Page } from "playwright-core";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/** A Chromium of the system, or why there is none. */
function chromiumPath(): string | undefined {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  return NAMES.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) => existsSync(path));
}

/** For `skip` of a test that needs a browser. */
export const noBrowser: string | false =
  chromiumPath() === undefined ? "there is no Chromium on the path; on Debian: apt-get install chromium" : false;

export interface Opened {
  readonly page: Page;
  /** What the page asked the network for, itself and data it made left out. */
  readonly requests: readonly string[];
  /** What it logged as an error, or threw. */
  readonly errors: readonly string[];
}

/** Opens an address in a browser of its own, which is closed after the test. */
export async function opened(context: TestContext, url: string, isDark = false): Promise<Opened> {
  const browser = await chromium.launch({ executablePath: chromiumPath()!, args: ["--no-sandbox"] });
  context.after(async () => await browser.close());
  const colorScheme = isDark ? "dark" : "light";
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, colorScheme });
  const requests: string[] = [];
  const errors: string[] = [];
  page.on("request", (request) => {
    if (request.url() !== url) requests.push(request.url());
  });
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error") errors.push(message.text());
  });
  page.on("dialog", (dialog) => {
    errors.push(`a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  await page.goto(url);
  await page.waitForSelector("#rows .row");
  return { page, requests, errors };
}

/** Waits until an expression is true in the page; the page's policy forbids the browser's own way, which evaluates it there. */
export async function until(page: Page, expression: string): Promise<void> {
  for (let waitedMs = 0; (await page.evaluate(expression)) !== true; waitedMs += 50) {
    if (waitedMs > 30_000) throw new Error(`not within 30 s: ${expression}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
