import { refuse } from "./refusal.ts";

/** The name of a branch or tag that has been checked. */
export type GitRef = string & { readonly "git ref": true };

/** A revision that has been checked: a name with `~1`, `^`, `@{u}` and the like, or a `commit:path`. */
export type GitRevision = string & { readonly "git revision": true };

/**
 * Checks the name of a branch or tag by the rules of git-check-ref-format(1).
 *
 * @throws CuprumError `INVALID_ARGUMENT`
 */
export function gitRef(value: string): GitRef {
  const fault = faultOf(value);
  if (fault !== undefined) refuse("git ref", value, fault);
  return value as GitRef;
}

/**
 * Checks a single revision as gitrevisions(7) has it: `HEAD~2`, `v1.0^{}`, `@{upstream}`, `main:src/a b.ts`. No ranges,
 * and nothing that leaves commits out. Texts in braces and what follows a colon may have spaces.
 *
 * @throws CuprumError `INVALID_ARGUMENT`
 */
export function gitRevision(value: string): GitRevision {
  const fault = revisionFaultOf(value);
  if (fault !== undefined) refuse("git revision", value, fault);
  return value as GitRevision;
}

function revisionFaultOf(value: string): string | undefined {
  if (value === "") return "is empty";
  if (value.startsWith("-")) return "would be taken for an option";
  if (value.includes("\0")) return "has a NUL character";
  const name = value.replaceAll(/\{[^{}]*\}/g, "").replace(/:.*$/s, "");
  // oxlint-disable-next-line eslint/no-control-regex -- these are what is refused
  if (/[\u0000-\u0020\u007f]/.test(name)) return "has a space or a control character";
  if (name.includes("..")) return "is a range";
  if (name.startsWith("^") || /\^[@!-]/.test(name)) return "is a set of commits";
  return undefined;
}

function faultOf(ref: string): string | undefined {
  if (ref === "") return "is empty";
  if (ref.startsWith("-")) return "would be taken for an option";
  // oxlint-disable-next-line eslint/no-control-regex -- these are what is refused
  if (/[\u0000-\u0020\u007f~^:?*[\\]/.test(ref)) return "has a space, a control character, or one of ~ ^ : ? * [ \\";
  if (ref === "@") return "is the name of HEAD";
  if (ref.startsWith("/") || ref.endsWith("/") || ref.includes("//")) return "has an empty part between slashes";
  if (ref.includes("..") || ref.includes("@{")) return "has .. or @{";
  if (ref.endsWith(".")) return "ends with a dot";
  if (ref.split("/").some((part) => part.startsWith(".") || part.endsWith(".lock"))) {
    return "has a part that starts with a dot or ends with .lock";
  }
  return undefined;
}
