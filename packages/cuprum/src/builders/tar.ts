import { defaultCatalogue } from "../catalogues/default-catalogue.ts";
import { operands } from "../commands/arguments.ts";
import type { Command } from "../commands/command.ts";
import { CuprumError } from "../cuprum-error.ts";
import { localPath, safePath, type SafePathOptions } from "./safe-path.ts";

const tar = defaultCatalogue.make("tar");

export interface TarCreateOptions extends SafePathOptions {
  /** Default none. */
  readonly compression?: "gzip" | "bzip2" | "xz" | "zstd" | undefined;
}

/** `tar --create`: an archive of files. @throws CuprumError `INVALID_ARGUMENT` */
export function tarCreate(archive: string, sources: readonly string[], options: TarCreateOptions = {}): Command {
  if (sources.length === 0) throw new CuprumError("INVALID_ARGUMENT", "an archive needs at least one source");
  const { compression } = options;
  const flags = { create: true, ...(compression === undefined ? {} : { [compression]: true }) };
  const paths = sources.map((source) => safePath(source, options));
  return tar(flags, { file: localPath(archive, options) }, operands(...paths));
}

/** `tar --extract` into a folder that is there. @throws CuprumError `INVALID_ARGUMENT` */
export function tarExtract(archive: string, destination: string, options: SafePathOptions = {}): Command {
  const file = localPath(archive, options);
  return tar({ extract: true, file, directory: safePath(destination, options) });
}
