import { sha256 } from "../sha256.ts";

/**
 * Where the report of a root group is, relative to the run's folder: the folders of the group's own path. Different groups
 * have different paths: what a file name cannot have is percent-encoded, and what is too long ends in a hash.
 */
export function reportPath(root: string): string {
  const parts = root.split("/");
  const folders = parts.slice(0, -1).map((part) => fileName(part).replace(/\.md$/, "%2Emd"));
  return ["reports", ...folders, `${fileName(parts.at(-1)!)}.md`].join("/");
}

function fileName(part: string): string {
  if (part === "" || part === "." || part === "..") return `%${part.replaceAll(".", "%2E")}`;
  const name = encodeURIComponent(part.replaceAll(LONE, "\ufffd")).replaceAll("*", "%2A").replaceAll("'", "%27");
  if (name.length <= MAX_LENGTH && part.search(LONE) < 0) return name;
  const hash = sha256(JSON.stringify(part), 16);
  return `${name.slice(0, MAX_LENGTH - hash.length - 1)}~${hash}`;
}

const MAX_LENGTH = 200;
/** Halves of a character, which UTF-8 cannot express. */
const LONE = /\p{Surrogate}/gu;
