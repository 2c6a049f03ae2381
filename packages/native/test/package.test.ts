import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { skip } from "./support/native.ts";

const run = promisify(execFile);
const PACK = fileURLToPath(new URL("../../../../scripts/pack-native.mjs", import.meta.url));
const LOAD = `import { loadNative } from "@cuprum/native";
const load = loadNative();
console.log(load.available ? load.module.pipe().capacityBytes > 0 : load.reason);`;

test(
  "the packed tarballs, installed into an empty project, work; without the platform's one, it is absent",
  { skip, timeout: 120_000 },
  async (context) => {
    const folder = mkdtempSync(join(tmpdir(), "native-test-"));
    context.after(() => rmSync(folder, { recursive: true, force: true }));
    const env = { ...process.env, npm_config_cache: join(folder, "cache"), npm_config_update_notifier: "false" };
    const { stdout: packed } = await run(process.execPath, [PACK, folder], { cwd: folder, env });
    const [main = "", ...platforms] = packed.trim().split("\n");
    assert.match(main, /\/cuprum-native-0\.1\.0\.tgz$/);
    assert.equal(platforms.length, 1, packed);
    writeFileSync(join(folder, "package.json"), `{"name":"empty","version":"1.0.0","private":true}`);
    await run("npm", ["install", "--offline", main, ...platforms], { cwd: folder, env });
    const load = async (): Promise<string> =>
      (await run(process.execPath, ["--input-type=module", "-e", LOAD], { cwd: folder, env })).stdout;
    assert.equal(await load(), "true\n");
    const name = /cuprum-(native-.+)-0\.1\.0\.tgz$/.exec(platforms[0] ?? "")?.[1] ?? "";
    rmSync(join(folder, "node_modules/@cuprum", name), { recursive: true });
    assert.match(await load(), /^it was not built here, and .* is not installed\n$/);
  },
);
