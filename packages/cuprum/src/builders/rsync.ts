import { defaultCatalogue } from "../catalogues/default-catalogue.ts";
import { operands } from "../commands/arguments.ts";
import type { Command } from "../commands/command.ts";
import { localPath, type SafePathOptions } from "./safe-path.ts";

const rsync = defaultCatalogue.make("rsync");

export interface RsyncOptions extends SafePathOptions {
  readonly archive?: boolean | undefined;
  readonly delete?: boolean | undefined;
  readonly dryRun?: boolean | undefined;
  readonly verbose?: boolean | undefined;
  readonly compress?: boolean | undefined;
}

/**
 * `rsync` from one local path to another. A slash at the end of the source keeps its meaning: the content, not the folder.
 *
 * @throws CuprumError `INVALID_ARGUMENT`
 */
export function rsyncSync(source: string, destination: string, options: RsyncOptions = {}): Command {
  const { archive, delete: remove, dryRun, verbose, compress } = options;
  const flags = { archive, delete: remove, dryRun, verbose, compress };
  return rsync(flags, operands(localPath(source, options), localPath(destination, options)));
}
