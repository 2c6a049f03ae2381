import { accessSync, constants, statSync } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";
import { CuprumError } from "../cuprum-error.ts";

/**
 * Finds a program's executable file, as execvp(3) would: an absolute path is taken as it is, a name is looked up in the
 * folders of `searchPath` (the text of a `PATH`). Empty and relative folders are passed over: they would make the meaning
 * of a name depend on the current folder.
 *
 * @returns an absolute path
 * @throws CuprumError `PROGRAM_NOT_FOUND`
 */
export function findExecutable(name: string, searchPath: string): string {
  if (isAbsolute(name)) {
    const fault = faultOf(name);
    if (fault === undefined) return name;
    throw new CuprumError("PROGRAM_NOT_FOUND", `cannot run ${JSON.stringify(name)}: ${fault}`);
  }
  for (const folder of searchPath.split(delimiter)) {
    if (!isAbsolute(folder)) continue;
    const path = join(folder, name);
    if (faultOf(path) === undefined) return path;
  }
  throw new CuprumError(
    "PROGRAM_NOT_FOUND",
    `program ${JSON.stringify(name)} was not found on the PATH (${searchPath || "empty"}); ` +
      "install it, or give its path in the catalogue",
  );
}

function faultOf(path: string): string | undefined {
  try {
    if (!statSync(path).isFile()) return "it is no file";
    accessSync(path, constants.X_OK);
    return undefined;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "ENOENT"
      ? "there is no such file"
      : "it is not executable";
  }
}
