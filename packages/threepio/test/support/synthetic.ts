// A test command without a runner: writes the events of as many tests as one likes, through the real journal writer.
//
//   node synthetic.js TESTS WRITERS SEED    starts WRITERS processes of itself and waits for them
//   node synthetic.js --writer N TESTS SEED
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { JournalWriter } from "../../src/journal/writer.ts";

/** Tests in a file, as many as pandas has on average. */
const TESTS_A_FILE = 216;
const STATUSES = ["fail", "skip", "xfail", "error"] as const;

const [first = "", ...rest] = process.argv.slice(2);
if (first === "--writer") write(Number(rest[0]), Number(rest[1]), Number(rest[2]));
else await start(Number(first), Number(rest[0]), Number(rest[1]));

async function start(tests: number, writers: number, seed: number): Promise<void> {
  const own = fileURLToPath(import.meta.url);
  const children = Array.from({ length: writers }, (_, index) => {
    const count = Math.floor(tests / writers) + (index < tests % writers ? 1 : 0);
    const args = [own, "--writer", `${index}`, `${count}`, `${seed + index}`];
    return once(spawn(process.execPath, args, { stdio: "inherit" }), "close");
  });
  await Promise.all(children);
}

function write(index: number, tests: number, seed: number): void {
  const folder = process.env["THREEPIO_EVENTS"]!;
  const writer = new JournalWriter(folder, process.env["THREEPIO_RUN"]!, `synthetic-${index}`);
  let state = seed * 2_654_435_761 + 1;
  const random = (): number => {
    // Park and Miller's generator: the same tests for the same seed.
    state = (Math.abs(state) * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
  writer.write({ type: "hello", runner: "synthetic", pid: process.pid, cwd: process.cwd() });
  writer.write({ type: "collected", count: tests });
  for (let at = 0; at < tests; at++) {
    const file = `tests/writer-${index}/folder-${Math.floor(at / TESTS_A_FILE / 20)}/test_${Math.floor(at / TESTS_A_FILE)}.py`;
    const path = [file, `TestGroup${at % 7}`, `test_something[${at}-umläut::☃-param]`];
    const chance = random();
    writer.write({ type: "test.start", path });
    if (chance > 0.995) {
      writer.write({ type: "test.attempt", path, status: "fail", error: { message: "the first try failed" } });
    }
    const status = chance < 0.02 ? STATUSES[Math.floor(chance * 200)]! : "pass";
    const isBad = status === "fail" || status === "error";
    const error = { message: `assert ${at} == ${at + 1}`, stack: `in ${file}\n${"  at something\n".repeat(20)}` };
    writer.write({
      type: "test.end",
      path,
      status,
      ms: Math.floor(chance * 1000) / 10,
      ...(isBad ? { error, file, line: at } : {}),
      ...(status === "skip" ? { reason: "not today" } : {}),
    });
  }
  writer.close();
}
