import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, test } from "node:test";
import { described, failed, folderWith, runJn, succeeded } from "./support/jn.ts";

function write(cwd: string, files: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(files)) {
    mkdirSync(dirname(join(cwd, name)), { recursive: true });
    writeFileSync(join(cwd, name), typeof value === "string" ? value : JSON.stringify(value));
  }
}

describe("profiles", { timeout: 120_000 }, () => {
  test("http: base, path, parameters and headers of all levels; secrets stay secret", async (context) => {
    const asked: { url: string; key: unknown; accept: unknown }[] = [];
    const server = createServer((request, response) => {
      asked.push({ url: request.url!, key: request.headers["x-key"], accept: request.headers.accept });
      const ok = request.headers["x-key"] === "s3cret";
      response.writeHead(ok ? 200 : 401, { "content-type": "application/json" }).end(ok ? '[{"id":1}]' : "wrong key");
    });
    await new Promise<void>((resolve) => {
      server.listen(0, "127.0.0.1", resolve);
    });
    context.after(() => server.close());
    const cwd = folderWith(context);
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    write(cwd, {
      ".jn/profiles/shop/_meta.json": {
        type: "http",
        base_url: "${SHOP_URL}/v1/",
        headers: { "X-Key": "${SHOP_KEY}" },
        options: { retries: 0 },
      },
      ".jn/profiles/shop/orders/_meta.json": { headers: { accept: "application/json" }, params: { limit: 5 } },
      ".jn/profiles/shop/orders/of.json": { path: "/users/{user}/orders", params: { sort: "${SORT:-date}" } },
    });
    const env = { ...process.env, SHOP_URL: base, SHOP_KEY: "s3cret" };
    const deep = join(cwd, "a/b");
    mkdirSync(deep, { recursive: true });
    const outcome = await runJn(["cat", "@shop/orders/of?user=a/b&sort=price&x=1"], { cwd: deep, env });
    assert.equal(succeeded(outcome), '{"id":1}\n', described(outcome));
    assert.deepEqual(asked, [
      { url: "/v1/users/a%2Fb/orders?limit=5&sort=price&x=1", key: "s3cret", accept: "application/json" },
    ]);
    const refused = await runJn(["cat", "@shop/orders/of?user=u"], { cwd, env: { ...env, SHOP_KEY: "wr0ng" } });
    failed(refused, 4, /401 Unauthorized: wrong key/);
    const missing = await runJn(["cat", "@shop/orders/of"], { cwd, env });
    failed(missing, 2, /the parameter 'user' is missing; add \?user=/);
    const unset = await runJn(["cat", "@shop/orders/of?user=u"], { cwd, env: { ...process.env, SHOP_URL: base } });
    failed(unset, 2, /the variable SHOP_KEY is not set \(.*of\.json\)/);
    const info = await runJn(["profile", "info", "@shop/orders/of"], { cwd, env });
    const plan = await runJn(["cat", "--explain", "@shop/orders/of?user=u"], { cwd, env });
    for (const one of [refused, info, plan])
      assert.doesNotMatch(one.stdout + one.stderr, /s3cret|wr0ng/, described(one));
    assert.deepEqual((JSON.parse(succeeded(plan)) as { headers: unknown }).headers, ["X-Key", "accept"]);
  });

  test("file: a pattern from the project's folder, conditions, metadata; parameters are more conditions", async (context) => {
    const cwd = folderWith(context);
    write(cwd, {
      "data/1.csv": "city,n\nNYC,1\nLA,2\n",
      "data/2.csv": "city,n\nNYC,3\n",
      ".jn/profiles/my/nyc.json": { pattern: "data/*.csv", query: "city=NYC" },
      ".jn/profiles/my/all.json": { pattern: "data/2.csv", meta: true },
      "sub/x": "",
    });
    const all = await runJn(["cat", "@my/nyc"], { cwd: join(cwd, "sub") });
    assert.equal(succeeded(all), '{"city":"NYC","n":1}\n{"city":"NYC","n":3}\n', described(all));
    const some = await runJn(["filter", ".n", "@my/nyc?n>1"], { cwd });
    assert.equal(succeeded(some), "3\n", described(some));
    const text = await runJn(["cat", "@my/nyc~lines"], { cwd });
    assert.equal(failed(text, 3, /no record has a field 'city'/), "", described(text));
    assert.match(succeeded(await runJn(["cat", "@my/all"], { cwd })), /"_filename":"2\.csv".*"city":"NYC"/);
    failed(await runJn(["put", "@my/all"], { cwd, input: "{}" }), 2, /only files and standard output can be written/);
  });

  test("list, and check with file and place of what is wrong", async (context) => {
    const cwd = folderWith(context);
    write(cwd, {
      ".jn/profiles/a/good.json": { pattern: "*.csv", description: "fine" },
      "home/jn/profiles/a/good.json": { pattern: "hidden by the project's" },
      "home/jn/profiles/u/own.json": { base_url: "http://x" },
    });
    const env = { ...process.env, XDG_DATA_HOME: join(cwd, "home") };
    const list = await runJn(["profile", "list"], { cwd, env });
    assert.equal(
      succeeded(list),
      '{"name":"a/good","type":"file","description":"fine"}\n{"name":"u/own","type":"http"}\n',
    );
    succeeded(await runJn(["profile", "check"], { cwd, env }));
    write(cwd, {
      ".jn/profiles/b/typo.json": { patern: "*.csv" },
      ".jn/profiles/b/json.json": '{\n  "pattern": x\n}',
      ".jn/profiles/b/unset.json": { pattern: "${NOBODY_SETS_THIS}" },
    });
    const check = await runJn(["profile", "check"], { cwd, env });
    const out = failed(check, 3, /3 of 5 profiles are wrong/);
    assert.match(
      out,
      /"name":"b\/typo","ok":false,"problem":".*typo\.json: there is no field 'patern'; did you mean 'pattern'/,
    );
    assert.match(out, /json\.json:2:14 \(byte 15\): not JSON: 'x' is no number/);
    assert.match(out, /NOBODY_SETS_THIS is not set/);
    assert.match(out, /"name":"a\/good","ok":true/);
    failed(await runJn(["cat", "@no/such"], { cwd, env }), 2, /@no\/such: there is no such profile; jn profile list/);
    failed(await runJn(["cat", "@nosuch"], { cwd, env }), 2, /a profile is called @namespace\/name/);
    failed(await runJn(["cat", "@a/../b"], { cwd, env }), 2, /a profile is called @namespace\/name/);
  });
});
