import type { ByteStage, Manifest } from "../plugin.ts";
import { programStage } from "../../processes/program-stage.ts";
import { metaOf } from "./external-plugin.ts";
import { manifestInText } from "./plugin-manifest.ts";

/** One promise of the contract, and whether the plugin keeps it. */
export interface Finding {
  readonly test: string;
  readonly ok: boolean;
  readonly problem?: string;
}

/** Tries every promise of the contract on an executable, one after the other. */
export async function* conformance(path: string): AsyncGenerator<Finding, void, undefined> {
  let manifest: Manifest | undefined;
  yield await finding("--jn-meta prints its manifest, as JSON", async () => {
    manifest = await metaOf(path);
  });
  yield await finding("a header, if it has one, says the same as --jn-meta", () => {
    const header = manifestInText(path);
    if (header === undefined || manifest === undefined) return;
    for (const field of ["name", "role", "matches", "modes"] as const) {
      if (JSON.stringify(header[field]) !== JSON.stringify(manifest[field])) throw new Error(`${field} differs`);
    }
  });
  yield await finding("a mode that it does not have is refused: an exit code that is not 0", async () => {
    await refused(run(path, ["--mode=nonsense"])(bytes("")));
  });
  if (manifest === undefined) return;
  if (manifest.modes.includes("profiles")) {
    yield await finding("its profiles are objects with a name, a line each", async () => {
      for (const record of records(await text(run(path, ["--mode=profiles"])(bytes(""))))) {
        if (typeof record !== "object" || record === null || !("name" in record)) throw new Error("one has no name");
      }
    });
  }
  if (manifest.role === "codec") yield* codecConformance(path, manifest);
  if (manifest.role !== "format") return;
  const reads = manifest.modes.includes("read");
  const writes = manifest.modes.includes("write");
  yield await finding("an option that it does not have is refused", async () => {
    await refused(run(path, [`--mode=${reads ? "read" : "write"}`, "--no-such-option=1"])(bytes("")));
  });
  if (reads) {
    yield await finding("an empty input is no error when it is read, and gives whole records or none", async () => {
      records(await text(run(path, ["--mode=read"])(bytes(""))));
    });
  }
  if (!writes) return;
  yield await finding("no records are no error when they are written", async () => {
    await text(run(path, ["--mode=write"])(bytes("")));
  });
  yield await finding("what is no JSON is refused when it is written", async () => {
    await refused(run(path, ["--mode=write"])(bytes("{oops\n")));
  });
  if (!reads) return;
  const written = run(path, ["--mode=write"]);
  const read = run(path, ["--mode=read"]);
  yield await finding("what it writes, it reads: the same records in the same order", async () => {
    const back = records(await text(read(written(bytes(SAMPLE)))));
    if (JSON.stringify(back) !== JSON.stringify(records(SAMPLE)))
      throw new Error(`came back as ${JSON.stringify(back)}`);
  });
  yield await finding("whoever wants the first record only stops it, and it has not read everything", async () => {
    let taken = 0;
    async function* endless(): AsyncGenerator<Buffer, void, undefined> {
      for (; taken < ENDLESS_BYTES; taken += SAMPLE.length) yield Buffer.from(SAMPLE);
    }
    for await (const chunk of read(written(endless()))) if (chunk.includes(10)) break;
    if (taken >= ENDLESS_BYTES) throw new Error(`it read all of ${ENDLESS_BYTES} bytes before the first record came`);
  });
}

async function* codecConformance(path: string, { modes }: Manifest): AsyncGenerator<Finding, void, undefined> {
  if (!modes.includes("read") || !modes.includes("write")) return;
  const unpacked = run(path, ["--mode=read"]);
  const packed = run(path, ["--mode=write"]);
  for (const [what, content] of [
    ["what it packs, it unpacks: the same bytes", SAMPLE.repeat(1000)],
    ["nothing is packed and unpacked, too", ""],
  ] as const) {
    yield await finding(what, async () => {
      if ((await text(unpacked(packed(bytes(content))))) !== content) throw new Error("other bytes came back");
    });
  }
  yield await finding("what is cut off is refused: an exit code that is not 0", async () => {
    const whole = [];
    for await (const chunk of packed(bytes(SAMPLE.repeat(1000)))) whole.push(chunk);
    const all = Buffer.concat(whole);
    await refused(unpacked(pieces(all.subarray(0, all.length >> 1))));
  });
}

async function* pieces(content: Buffer): AsyncGenerator<Buffer, void, undefined> {
  yield content;
}

async function finding(test: string, work: () => Promise<void> | void): Promise<Finding> {
  try {
    await work();
    return { test, ok: true };
  } catch (error) {
    return { test, ok: false, problem: error instanceof Error ? error.message : String(error) };
  }
}

function run(path: string, args: readonly string[]): ByteStage {
  const name = path.slice(path.lastIndexOf("/") + 1);
  return programStage({ program: { name, path }, args, name, missing: "it cannot be run; is it executable?" });
}

async function refused(output: AsyncIterable<Buffer>): Promise<void> {
  try {
    let count = 0;
    for await (const chunk of output) count += chunk.length;
    if (count > MAX_CHARACTERS) throw new Error("it prints far more than it was given");
  } catch {
    return;
  }
  throw new Error("it ended with 0");
}

async function text(output: AsyncIterable<Buffer>): Promise<string> {
  let all = "";
  for await (const chunk of output) {
    all += chunk.toString("latin1");
    if (all.length > MAX_CHARACTERS) throw new Error("it prints far more than it was given");
  }
  return Buffer.from(all, "latin1").toString();
}

function records(ndjson: string): unknown[] {
  if (ndjson !== "" && !ndjson.endsWith("\n")) throw new Error("the last record has no line end");
  return ndjson
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => JSON.parse(line) as unknown);
}

async function* bytes(content: string): AsyncGenerator<Buffer, void, undefined> {
  if (content !== "") yield Buffer.from(content);
}

const SAMPLE = '{"name":"Ada","city":"London"}\n{"name":"Grace","city":"New York"}\n{"name":"é","city":"日本"}\n';
const MAX_CHARACTERS = 10_000_000;
/** Far more than all pipes and buffers between two processes hold. */
const ENDLESS_BYTES = 50_000_000;
