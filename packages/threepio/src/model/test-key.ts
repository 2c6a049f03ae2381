import type { Located } from "../journal/event.ts";

/**
 * The path of a test or group as one string that sorts as reports are ordered: by file, in it by groups, the tests of a group
 * before the groups in it. Different paths have different keys, whatever characters they have.
 */
export function testKey({ path, project }: Located): string {
  // A test's end mostly follows its start.
  if (last === undefined || project !== last.project || !isSame(path, last.path)) {
    last = { path, project, key: keyOf({ path, project }) };
  }
  return last.key;
}

/** The key of a group: it sorts before everything in the group. */
export function groupKey({ path, project }: Located): string {
  const [root = NO_GROUP, ...groups] = path;
  return escaped(rootName(root, project)) + groups.map((part) => GROUP + escaped(part)).join("") + NAME;
}

/** What was asked for last. */
let last: (Located & { readonly key: string }) | undefined;

function isSame(left: readonly string[], right: readonly string[]): boolean {
  if (left.length !== right.length) return false;
  for (let at = left.length - 1; at >= 0; at--) if (left[at] !== right[at]) return false;
  return true;
}

function keyOf({ path, project }: Located): string {
  const [root, ...rest] = path.length < 2 ? [NO_GROUP, ...path] : path;
  let key = escaped(rootName(root!, project));
  for (let at = 0; at < rest.length - 1; at++) key += GROUP + escaped(rest[at]!);
  return key + NAME + escaped(rest.at(-1) ?? "");
}

/** The path that a key was made of, its root first; the last part is the test's name, empty for a group. */
export function pathOfKey(key: string): readonly string[] {
  const nameAt = key.indexOf(NAME);
  return [...key.slice(0, nameAt).split(GROUP), key.slice(nameAt + 1)].map(unescaped);
}

/** The part of a key before the test's name: equal exactly for tests of the same group. */
export function groupOfKey(key: string): string {
  return key.slice(0, key.indexOf(NAME));
}

/** The name at the end of a key: of a test, or empty for a group. */
export function nameOfKey(key: string): string {
  return unescaped(key.slice(key.indexOf(NAME) + 1));
}

/** The root of a key's path, as it stands in the key: equal exactly for keys of the same root. */
export function rootOfKey(key: string): string {
  return key.slice(0, key.search(ROOT_END));
}

function rootName(root: string, project: string | undefined): string {
  return project === undefined || project === "" ? root : `[${project}] ${root}`;
}

/** The root of a test that says of itself only its name. */
const NO_GROUP = "(no group)";
/** Before a test's name; sorts before GROUP, so that a group's own tests come first. */
const NAME = "\u0000";
const GROUP = "\u0001";
const ESCAPE = "\u0002";
// oxlint-disable-next-line eslint/no-control-regex -- the separators of a key
const ROOT_END = /[\u0000\u0001]/;
/** The separators of a key and of the lines that entries are kept in, and halves of characters, which no file can hold. */
// oxlint-disable-next-line eslint/no-control-regex -- control characters are what it looks for
const SPECIAL = /[\u0000-\u0002\t\n]|\p{Surrogate}/gu;
// oxlint-disable-next-line eslint/no-control-regex -- the escape character of a key
const ESCAPED = /\u0002([0-9a-f]{4})/g;
/** Most names have nothing else, and that is quickly seen. */
const PLAIN = /^[ -~]*$/;

function escaped(part: string): string {
  if (PLAIN.test(part)) return part;
  return part.replaceAll(SPECIAL, (one) => ESCAPE + one.charCodeAt(0).toString(16).padStart(4, "0"));
}

function unescaped(part: string): string {
  if (!part.includes(ESCAPE)) return part;
  return part.replaceAll(ESCAPED, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}
