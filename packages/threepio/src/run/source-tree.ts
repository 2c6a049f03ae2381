import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { CuprumError, defineCatalogue, pipe } from "cuprum";
import type { SourceTree } from "../journal/event.ts";

/**
 * What git says of the files under test: the commit, and a name for the tree as it is, with its changes and new files. Two runs of the
 * same tree have the same name. Undefined where there is no repository, no git, or no time.
 *
 * @param signal ends it: nobody waits for git
 */
export async function sourceTree(cwd: string, signal: AbortSignal): Promise<SourceTree | undefined> {
  if (!isInRepository(cwd)) return undefined;
  const { createHash } = await import("node:crypto");
  const { make } = defineCatalogue({ git: { programs: ["git"] } });
  const git = make("git");
  // Without a lock on the index: somebody may be at work there.
  const options = { cwd, env: { GIT_OPTIONAL_LOCKS: "0" }, signal, timeoutMs: TIMEOUT_MS } as const;
  try {
    const head = await git("rev-parse", "HEAD", "HEAD^{tree}", "--show-toplevel").run({ ...options, check: true });
    const [commit, tree, top] = head.stdout.split("\n");
    const changes = createHash("sha256");
    let isClean = true;
    const inTop = { ...options, cwd: top! };
    const take = async (lines: AsyncIterable<string>): Promise<void> => {
      for await (const line of lines) {
        isClean = false;
        changes.update(`${line}\n`);
      }
    };
    await take(git("diff", "HEAD", "--binary", "--no-ext-diff").lines(inTop));
    const others = git("-c", "core.quotePath=false", "ls-files", "--others", "--exclude-standard");
    await take(others.lines(inTop));
    await take(pipe(others, git("hash-object", "--stdin-paths")).lines(inTop));
    return { commit: commit!, tree: isClean ? tree! : `${tree}+${changes.digest("hex").slice(0, 16)}` };
  } catch (error) {
    if (error instanceof CuprumError) return undefined;
    throw error;
  }
}

const TIMEOUT_MS = 10_000;

function isInRepository(folder: string): boolean {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, ".git"))) return true;
    if (dirname(at) === at) return false;
  }
}
