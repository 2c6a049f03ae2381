import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { described, failed, folderWith, runJn, runShell, succeeded } from "./support/jn.ts";

/** Six records in pages of two, in every way that pages are told apart. */
const NUMBERS = [0, 1, 2, 3, 4, 5];
const EXPECTED = NUMBERS.map((id) => `{"id":${id},"long":12345678901234567890}\n`).join("");

interface Paged {
  readonly cwd: string;
  /** The addresses that were asked for since this was called last. */
  readonly asked: () => string[];
}

async function paged(context: TestContext, profiles: Readonly<Record<string, object>>): Promise<Paged> {
  let asked: string[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url!, "http://x");
    asked.push(request.url!);
    const number = (name: string): number => Number(url.searchParams.get(name) ?? 0);
    const rows = (from: number): unknown[] => NUMBERS.slice(from, from + 2).map((id) => ({ id, long: "LONG" }));
    const answers = new Map<string, () => unknown>([
      [
        "/cursor",
        () => ({ items: rows(number("after")), meta: { next: number("after") < 4 ? number("after") + 2 : null } }),
      ],
      ["/url", () => ({ items: rows(number("at")), next: number("at") < 4 ? `/url?at=${number("at") + 2}` : "" })],
      ["/page", () => rows(2 * (Number(url.searchParams.get("page") ?? 1) - 1))],
      ["/offset", () => ({ items: rows(number("from")) })],
      ["/same", () => ({ items: rows(0), next: "/same" })],
      ["/odd", () => ({ items: rows(0), next: "http://[" })],
    ]);
    const answer = answers.get(url.pathname);
    response.writeHead(answer === undefined ? 404 : 200, { "content-type": "application/json" });
    response.end(JSON.stringify(answer?.() ?? "none").replaceAll('"LONG"', "12345678901234567890"));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  context.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const cwd = folderWith(context);
  mkdirSync(join(cwd, ".jn/profiles/api"), { recursive: true });
  const base_url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  for (const [name, profile] of Object.entries({ ...profiles, _meta: { base_url } }))
    writeFileSync(join(cwd, `.jn/profiles/api/${name}.json`), JSON.stringify(profile));
  return {
    cwd,
    asked() {
      const all = asked;
      asked = [];
      return all;
    },
  };
}

const PROFILES = {
  cursor: { path: "cursor", records: ".items[]", pages: { by: "cursor", param: "after", next: ".meta.next" } },
  url: { path: "url", records: ".items[]", pages: { by: "cursor", next: ".next" } },
  page: { path: "page", pages: { by: "page" } },
  offset: { path: "offset", records: ".items[]", pages: { by: "offset", param: "from", size: 2 } },
};

/** What each asks for, from the first page to the last. */
const PAGES: Readonly<Record<string, readonly string[]>> = {
  cursor: ["/cursor", "/cursor?after=2", "/cursor?after=4"],
  url: ["/url", "/url?at=2", "/url?at=4"],
  page: ["/page", "/page?page=2", "/page?page=3", "/page?page=4"],
  offset: ["/offset", "/offset?from=2", "/offset?from=4", "/offset?from=6"],
};

for (const name of Object.keys(PROFILES)) {
  test(`pages by ${name}: all of them, and none more than are wanted`, { timeout: 60_000 }, async (context) => {
    const { cwd, asked } = await paged(context, PROFILES);
    const all = await runJn(["cat", `@api/${name}`], { cwd });
    assert.equal(succeeded(all), EXPECTED, described(all));
    assert.deepEqual(asked(), PAGES[name]);
    for (const [command, pages] of [
      [`jn head -n 2 @api/${name}`, 1],
      [`jn head -n 3 @api/${name}`, 2],
      // Another process, which has enough after the first page.
      [`jn cat @api/${name} | jn head -n 2`, 1],
      [`jn cat @api/${name} | head -n 1`, 1],
    ] as const) {
      const outcome = await runShell(command, { cwd });
      assert.equal(outcome.status, 0, described(outcome));
      assert.deepEqual(asked(), PAGES[name]!.slice(0, pages), described(outcome));
    }
  });
}

test("pages: a program that is no jn gets all of them, too", { timeout: 60_000 }, async (context) => {
  const { cwd, asked } = await paged(context, PROFILES);
  for (const reader of ["cat", "node -e 'process.stdin.pipe(process.stdout)'", "(sleep 0.2; cat)"]) {
    const outcome = await runShell(`jn cat @api/cursor | ${reader}`, { cwd });
    assert.equal(succeeded(outcome), EXPECTED, described(outcome));
    assert.deepEqual(asked(), PAGES["cursor"]);
  }
});

test(
  "pages: with stages between, which wait for records that nobody would read",
  { timeout: 60_000 },
  async (context) => {
    const { cwd, asked } = await paged(context, PROFILES);
    for (const [command, pages] of [
      ["jn cat @api/cursor | jn filter . | jn head -n 2", 1],
      ["jn cat @api/cursor | jn filter 'select(.id > 2)' | jn uniq | jn head -n 1", 2],
    ] as const) {
      const outcome = await runShell(command, { cwd });
      assert.equal(outcome.status, 0, described(outcome));
      assert.deepEqual(asked(), PAGES["cursor"]!.slice(0, pages), described(outcome));
    }
  },
);

test("pages: a stage that does more than hand records on gets all of them", { timeout: 60_000 }, async (context) => {
  const { cwd, asked } = await paged(context, PROFILES);
  const outcome = await runShell("jn cat @api/cursor | jn put all.ndjson | true; cat all.ndjson", { cwd });
  assert.equal(succeeded(outcome), EXPECTED, described(outcome));
  assert.deepEqual(asked(), PAGES["cursor"]);
});

test("pages: a walk in a circle ends, an address that is none is an error", { timeout: 60_000 }, async (context) => {
  const { cwd, asked } = await paged(context, {
    same: { path: "same", records: ".items[]", pages: { by: "cursor", next: ".next" } },
    odd: { path: "odd", records: ".items[]", pages: { by: "cursor", next: ".next" } },
  });
  succeeded(await runJn(["cat", "@api/same"], { cwd }));
  assert.deepEqual(asked(), ["/same"]);
  failed(await runJn(["cat", "@api/odd"], { cwd }), 3, /'pages\.next' gave 'http:\/\/\[', which is no address/);
});

test("pages: what is wrong in a profile is said", { timeout: 60_000 }, async (context) => {
  const wrong = {
    a: { pages: { by: "day" } },
    b: { pages: { by: "cursor" } },
    c: { pages: { by: "page", sise: 2 } },
    d: { pages: { by: "page", size: -1 } },
    e: { pages: { by: "cursor", next: ".a[" } },
  };
  const { cwd } = await paged(context, wrong);
  const out = failed(await runJn(["profile", "check"], { cwd }), 3, /5 of 5 profiles are wrong/);
  for (const message of [
    /'pages\.by' must be link, cursor, page, offset/,
    /'pages\.next' finds the cursor in an answer/,
    /no field 'pages\.sise'; did you mean 'size'/,
    /'pages\.size' must be a whole number/,
  ])
    assert.match(out, message);
});
