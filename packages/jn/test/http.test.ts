import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, describe, test } from "node:test";
import { createGzip, gzipSync } from "node:zlib";
import { firstRecords } from "../src/stages/first-records.ts";
import { readHere } from "./support/in-process.ts";
import { described, failed, folderWith, runJn, runShell, succeeded } from "./support/jn.ts";

const CSV = "x,y\n1,a\n2,b\n";
const RECORDS = '{"x":1,"y":"a"}\n{"x":2,"y":"b"}\n';
const LONG = `x\n${Array.from({ length: 30_000 }, (_, index) => index).join("\n")}\n`;

type Answer = (request: IncomingMessage, response: ServerResponse, count: number) => void;

const send =
  (body: string | Uint8Array, headers: Record<string, string> = {}, status = 200): Answer =>
  (_request, response) => {
    response.writeHead(status, headers).end(body);
  };

/** The same server under another name, and so another origin. */
const elsewhere = (request: IncomingMessage, path: string): string =>
  `http://localhost:${(request.socket.address() as AddressInfo).port}${path}`;

/** Bytes that were handed to the connection of the endless answer. */
let endlessBytes = 0;
/** How often each path was asked for, and the last request's headers. */
const counts = new Map<string, number>();
const lastHeaders = new Map<string, IncomingMessage["headers"]>();

const ANSWERS: ReadonlyMap<string, Answer> = new Map<string, Answer>([
  ["/a.csv", send(CSV)],
  // Asked for by one test only: what it was asked with is looked at.
  ["/own.csv", send(CSV)],
  ["/typed", send(CSV, { "content-type": "text/csv; charset=utf-8" })],
  ["/~user/data", send('[{"x":1,"y":"a"},{"x":2,"y":"b"}]', { "content-type": "application/json" })],
  ["/untyped-json", send('{"x":1,"y":"a"}{"x":2,"y":"b"}', { "content-type": "application/octet-stream" })],
  ["/untyped", send(CSV, { "content-type": "application/octet-stream" })],
  ["/text", send("one\ntwo\n", { "content-type": "text/plain" })],
  ["/a.csv.gz", send(gzipSync(CSV))],
  ["/packed", send(gzipSync(CSV), { "content-type": "text/csv" })],
  [
    "/endless.csv.gz",
    (_request, response) => {
      // Bytes that do not compress: what is sent is what is read.
      const zip = createGzip({ level: 0 });
      zip.on("data", (chunk: Buffer) => (endlessBytes += chunk.length));
      response.on("close", () => zip.destroy());
      zip.pipe(response);
      const rows = "1\n".repeat(50_000);
      const more = (): void => {
        while (!zip.destroyed && zip.write(rows));
      };
      zip.on("drain", more);
      zip.on("error", () => undefined);
      zip.write("x\n");
      more();
    },
  ],
  ["/empty.csv", send("")],
  ["/missing.csv", send("no such file\nsecond line\n", {}, 404)],
  ["/forbidden.csv", send('{"error":"not you"}', { "content-type": "application/json" }, 403)],
  ["/redirect.csv", send("", { location: "/a.csv" }, 302)],
  [
    "/away.csv",
    (request, response) => send("", { location: elsewhere(request, "/own.csv") }, 302)(request, response, 0),
  ],
  [
    "/away-page",
    (request, response) => {
      const link = `<${elsewhere(request, "/untyped-json")}>; rel="next"`;
      send("[]", { "content-type": "application/json", link })(request, response, 0);
    },
  ],
  ["/loop.csv", send("", { location: "/loop.csv" }, 302)],
  ["/file.csv", send("", { location: "file:///etc/passwd" }, 302)],
  [
    "/flaky.csv",
    (request, response, count) =>
      (count < 3 ? send("busy", { "retry-after": "0.1" }, 503) : send(CSV))(request, response, count),
  ],
  ["/down.csv", send("out of order", {}, 500)],
  [
    "/cut.csv",
    (request, response) => {
      const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0);
      const headers = { etag: '"v1"', "accept-ranges": "bytes", "content-length": LONG.length - from };
      if (from > 0)
        response.writeHead(206, { ...headers, "content-range": `bytes ${from}-${LONG.length - 1}/${LONG.length}` });
      else response.writeHead(200, headers);
      const to = Math.min(LONG.length, from + 60_000);
      response.write(LONG.slice(from, to), () => (to < LONG.length ? response.destroy() : response.end()));
    },
  ],
  [
    "/changed.csv",
    (_request, response, count) => {
      response.writeHead(200, { etag: `"v${count}"`, "content-length": LONG.length });
      response.write(LONG.slice(0, 1000), () => setTimeout(() => response.destroy(), 50));
    },
  ],
  [
    "/broken.csv",
    (_request, response) => {
      response.writeHead(200, { "content-length": LONG.length });
      response.write(LONG.slice(0, 1000), () => setTimeout(() => response.destroy(), 50));
    },
  ],
  [
    "/shorter.csv",
    (_request, response) => {
      // A length that is wrong, and a connection that ends in good order: past the checks of node:http.
      response.socket?.end("HTTP/1.1 200 OK\r\ncontent-length: 300\r\nconnection: close\r\n\r\nx\n1");
    },
  ],
  ["/silent.csv", (_request, response) => void response.writeHead(200).write("x\n1\n")],
  ["/never.csv", () => undefined],
  ["/never-said.csv", (_request, response) => void response.writeHead(500).write("out of or")],
  [
    "/trickling.csv",
    (_request, response) => {
      response.writeHead(200).write("x\n");
      const timer = setInterval(() => response.write("1\n"), 20);
      response.on("close", () => clearInterval(timer));
    },
  ],
  [
    "/endless.ndjson",
    (_request, response) => {
      endlessBytes = 0;
      const piece = '{"x":1}\n'.repeat(1000);
      const more = (): void => {
        while (response.writable && response.write(piece)) endlessBytes += piece.length;
        endlessBytes += piece.length;
      };
      response.on("drain", more);
      more();
    },
  ],
  [
    "/pages",
    (request, response) => {
      const page = Number(new URL(request.url!, "http://x").searchParams.get("page") ?? 1);
      const link = page < 3 ? { link: `</pages?page=1>; rel="first", </pages?page=${page + 1}>; rel="next"` } : {};
      send(`[{"page":${page}}]`, { "content-type": "application/json", ...link })(request, response, 0);
    },
  ],
]);

const server = createServer((request, response) => {
  const path = new URL(request.url!, "http://x").pathname;
  const count = (counts.get(path) ?? 0) + 1;
  counts.set(path, count);
  lastHeaders.set(path, request.headers);
  (ANSWERS.get(path) ?? send("", {}, 404))(request, response, count);
});
let base = "";

before(async () => {
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
after(() => {
  server.closeAllConnections();
  server.close();
});

describe("http: what is read", { concurrency: 2, timeout: 120_000 }, () => {
  for (const [path, expected = RECORDS] of [
    ["/a.csv"],
    ["/a.csv?token=secret&x=~1"],
    ["/typed"],
    ["/~user/data"],
    ["/untyped-json"],
    ["/untyped~csv"],
    ["/untyped~csv?skip=1&header=false&columns=x,y", '{"x":1,"y":"a"}\n{"x":2,"y":"b"}\n'],
    ["/typed~csv?x=2", '{"x":2,"y":"b"}\n'],
    ["/text", '{"line":1,"text":"one"}\n{"line":2,"text":"two"}\n'],
    ["/a.csv.gz"],
    ["/packed"],
    ["/empty.csv", ""],
    ["/redirect.csv"],
    ["/flaky.csv"],
    ["/cut.csv", Array.from({ length: 30_000 }, (_, index) => `{"x":${index}}\n`).join("")],
    ["/pages", '{"page":1}\n'],
    ["/pages~json?pages", '{"page":1}\n{"page":2}\n{"page":3}\n'],
  ] as const) {
    test(path, async () => {
      assert.equal(await readHere([base + path]), expected);
    });
  }

  test("several addresses in turn, remote and local", async (context) => {
    const cwd = folderWith(context, { "a.csv": CSV });
    const outcome = await runJn(["cat", "a.csv", `${base}/a.csv`, `${base}/typed`], { cwd });
    assert.equal(succeeded(outcome), RECORDS.repeat(3), described(outcome));
  });

  test("headers are sent, and credentials of the URL; not to another origin", async () => {
    const url = base.replace("//", "//user:p%40ss@");
    succeeded(await runJn(["cat", "-H", "X-Key: k1", `${url}/own.csv`]));
    assert.equal(lastHeaders.get("/own.csv")?.["x-key"], "k1");
    assert.equal(lastHeaders.get("/own.csv")?.authorization, `Basic ${Buffer.from("user:p@ss").toString("base64")}`);
    for (const [path, target] of [
      ["/away.csv", "/own.csv"],
      ["/away-page~json?pages", "/untyped-json"],
    ] as const) {
      lastHeaders.delete(target);
      assert.notEqual(await readHere([url + path], { headers: [["x-key", "k1"]] }), "");
      const headers = lastHeaders.get(target);
      assert.match(headers?.host ?? "", /^localhost:/, path);
      assert.equal(headers?.["x-key"], undefined, path);
      assert.equal(headers?.authorization, undefined, path);
    }
  });
});

describe(
  "http: what fails is exit 4 with the reason, never an empty success",
  { concurrency: 2, timeout: 120_000 },
  () => {
    for (const [path, message] of [
      ["/missing.csv", /^cannot read http:\/\/127\.0\.0\.1:\d+\/missing\.csv: 404 Not Found: no such file$/],
      ["/missing.csv?token=secret", /missing\.csv\?token=\*\*\*: 404/],
      ["/forbidden.csv", /403 Forbidden: \{"error":"not you"\}/],
      ["/loop.csv", /it redirects more than 10 times/],
      ["/file.csv", /it redirects to another protocol \(file:\/\/\/etc\/passwd\)/],
      ["/down.csv~csv?retries=1", /500 Internal Server Error: out of order/],
      ["/changed.csv", /broke off after 1000 bytes .*the rest could not be had: it has changed meanwhile/],
      ["/broken.csv", /the connection broke off after 1000 bytes/],
      ["/shorter.csv", /the connection broke off after 3 bytes/],
      ["/silent.csv~csv?timeout=1", /nothing came for 1 seconds/],
      ["/never.csv~csv?timeout=1&retries=0", /no answer in time/],
      ["/never-said.csv~csv?timeout=1&retries=0", /500 Internal Server Error: out of or$/],
      ["/trickling.csv~csv?timeout=1&min-speed=1000", /only \d+ bytes came in 1 seconds, fewer than \?min-speed=/],
      ["/trickling.csv~csv?max-time=1", /it took longer than 1 s/],
      ["/never.csv~csv?max-time=1&retries=0", /it took longer than 1 s/],
    ] as const) {
      test(path, async () => {
        await assert.rejects(
          async () => await readHere([base + path]),
          (error: Error & { readonly code?: unknown }) => {
            assert.equal(error.code, "IO", error.message);
            assert.match(error.message, message);
            assert.doesNotMatch(error.message, /secret/);
            return true;
          },
        );
      });
    }

    for (const path of ["/missing.csv", "/broken.csv"]) {
      test(`${path}: nothing partial is left`, async (context) => {
        const cwd = folderWith(context, { "out.json": "as it was" });
        const outcome = await runShell(`jn cat '${base}${path}' | jn put out.json; echo $?; cat out.json`, { cwd });
        assert.match(outcome.stdout, /^4\nas it was$/, described(outcome));
        assert.match(outcome.stderr, /^jn cat: cannot read http/, described(outcome));
      });
    }

    test("a server that is not there", async () => {
      const outcome = await runJn(["cat", "http://127.0.0.1:2/a.csv~csv?retries=0"]);
      failed(outcome, 4, /jn cat: cannot read http:\/\/127\.0\.0\.1:2\/a\.csv: .*ECONNREFUSED/);
    });

    test("retries are counted, and are for what may pass only", async () => {
      counts.clear();
      await assert.rejects(async () => await readHere([`${base}/down.csv~csv?retries=2`]));
      await assert.rejects(async () => await readHere([`${base}/missing.csv`]));
      assert.equal(counts.get("/down.csv"), 3);
      assert.equal(counts.get("/missing.csv"), 1);
    });

    test("an answer whose format nothing tells: what to type is said", async () => {
      failed(
        await runJn(["cat", `${base}/untyped`]),
        2,
        /\/untyped: neither the address nor the answer \(application\/octet-stream\) tells the format/,
      );
    });
  },
);

test("http: whoever wants one record stops the transfer", { timeout: 60_000 }, async () => {
  for (const command of [`jn head -n 1 '${base}/endless.ndjson'`, `jn cat '${base}/endless.ndjson' | head -n 1`]) {
    const outcome = await runShell(command);
    assert.equal(succeeded(outcome), '{"x":1}\n', described(outcome));
    // What the kernel's buffers and ours can hold.
    assert.ok(endlessBytes < 16_000_000, `${endlessBytes} bytes were sent`);
  }
});

test("http: a compressed file of any size is read only as far as it is wanted", { timeout: 60_000 }, async () => {
  for (const command of [`jn cat '${base}/endless.csv.gz' | jn head -n 1`, `jn head -n 1 '${base}/endless.csv.gz'`]) {
    endlessBytes = 0;
    const outcome = await runShell(command);
    assert.equal(succeeded(outcome), '{"x":1}\n', described(outcome));
    assert.ok(endlessBytes < 16_000_000, `${endlessBytes} bytes were sent`);
  }
});

test("http: of several pages only those are asked for whose records are wanted", { timeout: 60_000 }, async () => {
  for (const [count, pages] of [
    [1, 1],
    [2, 2],
  ] as const) {
    counts.clear();
    const stage = firstRecords(count, { source: "pages", maxRecordBytes: 1000 });
    assert.equal((await readHere([`${base}/pages~json?pages`], {}, stage)).split("\n").length, count + 1);
    assert.equal(counts.get("/pages"), pages);
  }
});

test("http: --explain asks nobody, and hides secrets", async (context) => {
  const cwd = folderWith(context);
  const outcome = await runJn(["cat", "--explain", "http://me:pw@nowhere.invalid/a.csv.gz?key=secret~csv?skip=1"], {
    cwd,
  });
  const plan = JSON.parse(succeeded(outcome)) as Record<string, unknown>;
  assert.equal(plan["address"], "http://***@nowhere.invalid/a.csv.gz?key=***~csv?skip=***", described(outcome));
  assert.deepEqual(plan["options"], { skip: "1" });
  assert.equal(plan["codec"], "gz");
  assert.doesNotMatch(outcome.stdout, /pw@|secret/);
});
