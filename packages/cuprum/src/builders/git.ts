import { defaultCatalogue } from "../catalogues/default-catalogue.ts";
import type { Command } from "../commands/command.ts";
import { CuprumError } from "../cuprum-error.ts";
import { gitRef, gitRevision } from "./git-ref.ts";

const git = defaultCatalogue.make("git");

/** `git status`. */
export function gitStatus(options: { readonly short?: boolean; readonly branch?: boolean } = {}): Command {
  const { short, branch } = options;
  return git("status", { short, branch });
}

export interface GitCheckoutOptions {
  /** Make the branch: `true` refuses an existing one, `"reset"` moves it. */
  readonly create?: boolean | "reset" | undefined;
  readonly detach?: boolean | undefined;
  readonly force?: boolean | undefined;
}

/**
 * `git checkout` of a branch, or, with `detach`, of any revision.
 *
 * @throws CuprumError `INVALID_ARGUMENT`
 */
export function gitCheckout(target: string, options: GitCheckoutOptions = {}): Command {
  const { create = false, detach = false, force = false } = options;
  if (create !== false && detach) {
    throw new CuprumError(
      "INVALID_ARGUMENT",
      "git checkout makes a branch or detaches, not both; leave out create or detach",
    );
  }
  const name = detach ? gitRevision(target) : gitRef(target);
  if (create !== false) return git("checkout", { force }, create === "reset" ? "-B" : "-b", name);
  // The -- says that this is no file.
  return git("checkout", { force, detach }, name, "--");
}

/** `git rev-parse --verify`: the name of the object that a revision means. @throws CuprumError `INVALID_ARGUMENT` */
export function gitRevParse(revision: string): Command {
  return git("rev-parse", { verify: true, quiet: true }, gitRevision(revision));
}
