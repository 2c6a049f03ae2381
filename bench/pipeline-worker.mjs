// One run of one contender of pipelines.mjs, in a process of its own: prints { seconds, cpuSeconds, startSeconds, growthMiB }.
// Ends with 3 when the contender is not installed.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const [job, contender, json] = process.argv.slice(2);
const input = JSON.parse(json);
const cuprum = await import("cuprum");
const [cat, head, seq, yes, nothing] = ["cat", "head", "seq", "yes", "true"].map((name) =>
  cuprum.defaultCatalogue.make(name),
);

const CONTENDERS = new Map([
  ["three cats, bash", () => bash('cat "$1" | cat | cat > /dev/null', input.file)],
  ["three cats, cuprum", () => cats({})],
  ["three cats, cuprum-tapped", () => cats({ countBytes: true })],
  ["three cats, pipe()", () => nodePipes(["cat", input.file], ["cat"], ["cat"])],
  ["one hop, bash", () => bash('cat "$1" | cat > /dev/null', input.file)],
  ["one hop, cuprum", () => hop({})],
  ["one hop, cuprum-tapped", () => hop({ countBytes: true })],
  ["one hop, pipe()", () => nodePipes(["cat", input.file], ["cat"])],
  [
    "three cats, execa",
    async () => {
      const { execa } = await peer("execa");
      await execa("cat", [input.file], { buffer: false })
        .pipe("cat", { buffer: false })
        .pipe("cat", { buffer: false, stdout: "ignore" });
    },
  ],
  [
    "three cats, zx",
    async () => {
      const { $ } = await peer("zx");
      await $`cat ${input.file}`.pipe($`cat`).pipe($({ stdio: ["pipe", "ignore", "ignore"] })`cat`);
    },
  ],
  [
    "lines, cuprum-events",
    async () => {
      let count = 0;
      const onEvent = (event) => {
        if (event.phase === "stdout") count += event.lines.length;
      };
      await seq(input.lines).run({ stdout: "ignore", observers: [{ lines: true, onEvent }], check: true });
      expectLines(count);
    },
  ],
  ["lines, cuprum-lines", () => countLines(seq(input.lines).lines())],
  [
    "lines, readline",
    () => countLines(createInterface({ input: spawn("seq", [String(input.lines)], quiet()).stdout })),
  ],
  ["lines, execa", async () => countLines((await peer("execa")).execa({ buffer: false })`seq ${input.lines}`)],
  ["lines, nano-spawn", async () => countLines((await peer("nano-spawn")).default("seq", [String(input.lines)]))],
  ["one command, cuprum", () => repeat(() => nothing().run())],
  ["one command, cuprum-bare", () => repeat(() => nothing().run({ stdout: "ignore", stderr: "ignore" }))],
  ["one command, spawn", () => repeat(() => once(spawn("true", quiet()), "close"))],
  ["one command, execa", async () => withPeer("execa", ({ execa }) => repeat(() => execa("true")))],
  ["one command, nano-spawn", async () => withPeer("nano-spawn", (module) => repeat(() => module.default("true")))],
  ["one command, zx", async () => withPeer("zx", ({ $ }) => repeat(() => $`true`))],
  ["yes | head, cuprum", () => repeat(() => cuprum.pipe(yes(), head("-n", 1)).run())],
  ["yes | head, bash", () => repeat(() => bash("yes | head -n 1"))],
]);

const work = CONTENDERS.get(`${job}, ${contender}`);
const startSeconds = cpuSeconds();
const memory = process.memoryUsage().rss;
const startedAt = performance.now();
await work();
const seconds = (performance.now() - startedAt) / 1000;
const growthMiB = (process.memoryUsage().rss - memory) / 2 ** 20;
console.log(JSON.stringify({ seconds, cpuSeconds: cpuSeconds() - startSeconds, startSeconds, growthMiB }));

async function cats(options) {
  await cuprum.pipe(cat(input.file), cat(), cat()).run({ stdout: "ignore", check: true, ...options });
}

async function hop(options) {
  await cuprum.pipe(cat(input.file), cat()).run({ stdout: "ignore", check: true, ...options });
}

/** Node's own way: every child has sockets, and every byte comes by here. */
async function nodePipes(...commands) {
  const stages = commands.map(([program, ...args], index) => {
    const output = index === commands.length - 1 ? "ignore" : "pipe";
    return spawn(program, args, { stdio: ["pipe", output, "ignore"] });
  });
  for (const [index, stage] of stages.entries()) if (index > 0) stages[index - 1].stdout.pipe(stage.stdin);
  await Promise.all(stages.map((stage) => once(stage, "exit")));
}

async function bash(line, ...args) {
  const [exitCode] = await once(spawn("bash", ["-c", line, "bash", ...args], { stdio: "ignore" }), "exit");
  if (exitCode !== 0) throw new Error(`${line} ended with ${exitCode}`);
}

async function countLines(lines) {
  let count = 0;
  for await (const _ of lines) count++;
  expectLines(count);
}

function expectLines(count) {
  if (count !== input.lines) throw new Error(`${count} lines, not ${input.lines}`);
}

async function repeat(run) {
  for (let count = 0; count < input.runs; count++) await run();
}

async function withPeer(name, work) {
  await work(await peer(name));
}

async function peer(name) {
  const folder = process.env.BENCH_PEERS;
  try {
    const path = createRequire(join(folder, "package.json")).resolve(name);
    return await import(pathToFileURL(path).href);
  } catch {
    process.exit(3);
  }
}

function quiet() {
  return { stdio: ["pipe", "pipe", "ignore"] };
}

function cpuSeconds() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
