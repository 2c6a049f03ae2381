import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, constants, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CuprumError } from "../cuprum-error.ts";
import { findExecutable } from "../programs/executable.ts";
import type { KernelPipe } from "./kernel-pipe.ts";

/** The `PATH` on which mkfifo(1) is looked for: the one of the start, like those of catalogues. */
const searchPath = process.env["PATH"] ?? "";
let mkfifo: string | undefined;

/**
 * Pipes without pipe(2), which Node.js does not offer: FIFOs in a private folder, opened at both ends and unlinked at once.
 * One start of mkfifo(1), about 3 ms, makes all of them.
 *
 * @throws CuprumError `PIPE_FAILED`
 */
export async function makeFifos(count: number): Promise<readonly KernelPipe[]> {
  const pipes: KernelPipe[] = [];
  let folder: string | undefined;
  try {
    mkfifo ??= findExecutable("mkfifo", searchPath);
    // mkdtemp(3) makes it for us alone (0700).
    folder = makeFolder();
    const paths = Array.from({ length: count }, (_, index) => join(folder ?? "", String(index)));
    await createFifos(mkfifo, folder, paths);
    for (const path of paths) pipes.push(openFifo(path));
    return pipes;
  } catch (error) {
    for (const { readFd, writeFd } of pipes) {
      closeSync(readFd);
      closeSync(writeFd);
    }
    const reason = error instanceof Error ? error.message : String(error);
    throw new CuprumError("PIPE_FAILED", `cannot make ${count} pipes in ${tmpdir()}: ${reason}`, { cause: error });
  } finally {
    if (folder !== undefined) removeFolder(folder);
  }
}

/** Those that are there now: `process.exit` may come in the middle. */
const folders = new Set<string>();

function makeFolder(): string {
  if (folders.size === 0) process.once("exit", removeFolders);
  const folder = mkdtempSync(join(tmpdir(), "cuprum-"));
  folders.add(folder);
  return folder;
}

function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  folders.delete(folder);
  if (folders.size === 0) process.off("exit", removeFolders);
}

function removeFolders(): void {
  for (const folder of folders) removeFolder(folder);
}

async function createFifos(program: string, folder: string, paths: readonly string[]): Promise<void> {
  // A file, no pipe: Node.js 20 loses a descriptor of a pipe when a process cannot be started for want of descriptors.
  const complaint = join(folder, "complaint");
  const stderr = openSync(complaint, "w");
  try {
    const child = spawn(program, ["-m", "600", ...paths], { stdio: ["ignore", "ignore", stderr] });
    const [exitCode] = (await once(child, "close")) as [number | null];
    if (exitCode !== 0) throw new Error(readFileSync(complaint, "utf8").trim() || `mkfifo ended with ${exitCode}`);
  } finally {
    closeSync(stderr);
  }
}

/** Opening one end of a FIFO waits for the other. A first reader that does not wait makes room for both. */
function openFifo(path: string): KernelPipe {
  const first = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const writeFd = openSync(path, constants.O_WRONLY);
    try {
      return { readFd: openSync(path, constants.O_RDONLY), writeFd };
    } catch (error) {
      closeSync(writeFd);
      throw error;
    }
  } finally {
    closeSync(first);
  }
}
