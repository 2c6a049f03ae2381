import type { Located } from "../journal/event.ts";

/**
 * The path of a test or group as one string that sorts as reports are ordered: by file, in it by groups, the tests of a group
 * before the groups in it. Different paths have different keys, whatever characters they have.
 */
export function testKey({ path, project }: Located): string {
  const [root, ...rest] = path.length < 2 ? [NO_GROUP, ...path] : path;
  const groups = rest.slice(0, -1).map((part) => GROUP + escaped(part));
  return escaped(rootName(root!, project)) + groups.join("") + NAME + escaped(rest.at(-1) ?? "");
}

/** The key of a group: it sorts before everything in the group. */
export function groupKey({ path, project }: Located): string {
  const [root = NO_GROUP, ...groups] = path;
  return escaped(rootName(root, project)) + groups.map((part) => GROUP + escaped(part)).join("") + NAME;
}

/** The path that a key was made of, its root first; the last part is the test's name, empty for a group. */
export function pathOfKey(key: string): readonly string[] {
  const nameAt = key.indexOf(NAME);
  return [...key.slice(0, nameAt).split(GROUP), key.slice(nameAt + 1)].map(unescaped);
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
// oxlint-disable-next-line eslint/no-control-regex -- these three characters are the separators of a key
const ROOT_END = /[\u0000\u0001]/;
// oxlint-disable-next-line eslint/no-control-regex -- these three characters are the separators of a key
const SPECIAL = /[\u0000-\u0002]/g;
// oxlint-disable-next-line eslint/no-control-regex -- the escape character of a key
const ESCAPED = /\u0002(.)/g;

function escaped(part: string): string {
  return part.replace(SPECIAL, (character) => ESCAPE + String.fromCharCode(character.charCodeAt(0) + 48));
}

function unescaped(part: string): string {
  return part.replace(ESCAPED, (_, shifted: string) => String.fromCharCode(shifted.charCodeAt(0) - 48));
}
