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

  test("filter: an expression with a name and parameters; a source may have one of its own", async (context) => {
    const cwd = folderWith(context);
    write(cwd, {
      "data/1.csv": "city,n\nNYC,1\nLA,2\n",
      "data/2.csv": "town,n\nNYC,3\n",
      ".jn/profiles/my/big.json": {
        type: "filter",
        filter: ".n > $min and (.city | . == null or startswith($start))",
        params: { min: 1, start: "" },
      },
      ".jn/profiles/my/nums.json": {
        pattern: "data/*.csv",
        filter: "{n, at: ._filename} | select(.n >= $from)",
        params: { from: 2 },
        meta: true,
      },
      ".jn/profiles/my/deep/all.json": { pattern: "data/1.csv", description: "one file" },
    });
    const input = '{"n":1}\n{"n":2,"city":"LA"}\n{"n":3,"city":"NYC"}\n';
    const named = await runJn(["filter", "@my/big"], { cwd, input });
    assert.equal(succeeded(named), '{"n":2,"city":"LA"}\n{"n":3,"city":"NYC"}\n', described(named));
    const other = await runJn(["filter", "@my/big?min=1.5&start=N"], { cwd, input });
    assert.equal(succeeded(other), '{"n":3,"city":"NYC"}\n', described(other));
    failed(
      await runJn(["filter", "@my/big?mni=1"], { cwd, input }),
      2,
      /there is no parameter 'mni'; there are: min, start/,
    );
    failed(await runJn(["filter", "@my/nums"], { cwd, input }), 2, /@my\/nums: it is a source \(file\), not a filter/);
    failed(await runJn(["cat", "@my/big"], { cwd }), 2, /it is a filter, not a source; use it: jn filter @my\/big/);
    const source = await runJn(["cat", "@my/nums"], { cwd });
    assert.equal(succeeded(source), '{"n":2,"at":"1.csv"}\n{"n":3,"at":"2.csv"}\n', described(source));
    const given = await runJn(["cat", "@my/nums?from=3"], { cwd });
    assert.equal(succeeded(given), '{"n":3,"at":"2.csv"}\n', described(given));
    const tree = await runJn(["profile", "tree"], { cwd });
    assert.equal(succeeded(tree), "@my/\n  big (filter)\n  deep/\n    all (file): one file\n  nums (file)\n");
    const part = await runJn(["profile", "tree", "my/deep"], { cwd });
    assert.equal(succeeded(part), "@my/\n  deep/\n    all (file): one file\n");
    succeeded(await runJn(["profile", "check"], { cwd }));
    write(cwd, { ".jn/profiles/my/bad.json": { filter: ".n >" } });
    assert.match(
      failed(await runJn(["profile", "check", "my/bad"], { cwd }), 3, /1 of 1 profiles is wrong/),
      /my\/bad/,
    );
  });

  test("conditions hold for all files of a pattern together, and may be on where a record is from", async (context) => {
    const cwd = folderWith(context);
    write(cwd, { "1.csv": "city,n\nNYC,1\nLA,2\n", "2.csv": "town,n\nNYC,3\n" });
    const one = await runJn(["cat", "*.csv?city=LA"], { cwd });
    assert.equal(succeeded(one), '{"city":"LA","n":2}\n', described(one));
    failed(
      await runJn(["cat", "*.csv?ctiy=LA"], { cwd }),
      3,
      /^jn cat: \*\.csv: no record has a field 'ctiy'; did you mean 'city'\?; there are: city, n, town/,
    );
    const where = await runJn(["cat", "--meta", "*.csv?_filename=2.csv&_line_index=0"], { cwd });
    assert.match(succeeded(where), /^\{"_path":"2\.csv",.*"town":"NYC","n":3\}\n$/, described(where));
  });

  test("what is secret in a profile's parameters and address is not shown", async (context) => {
    const cwd = folderWith(context);
    write(cwd, {
      ".jn/profiles/a/b.json": {
        base_url: "http://me:pw123@h/x",
        params: { api_key: "k3y", page: 2 },
        headers: { "x-a": "h3ader" },
      },
    });
    const info = await runJn(["profile", "info", "a/b"], { cwd });
    assert.doesNotMatch(succeeded(info), /pw123|k3y|h3ader/, described(info));
    assert.match(info.stdout, /"page":"2"/, described(info));
  });
});
