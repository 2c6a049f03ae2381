import { FilterError } from "../value/filter-error.ts";
import { shown } from "../value/shown.ts";
import type { Value } from "../value/value.ts";
import type { NativeBuiltin } from "./native.ts";

/** Additions to jq: how words are written. A word ends at what is no letter or digit, and where lower case turns upper. */
export const caseBuiltins: readonly (readonly [string, NativeBuiltin])[] = [
  ...Object.entries<(text: string) => Value>({
    capitalize: capitalized,
    titlecase: (text) => text.replaceAll(/[\p{L}\p{N}]+/gu, (word) => capitalized(word.toLowerCase())),
    snakecase: (text) => lowerWords(text).join("_"),
    kebabcase: (text) => lowerWords(text).join("-"),
    screamcase: (text) => lowerWords(text).join("_").toUpperCase(),
    pascalcase: (text) => lowerWords(text).map(capitalized).join(""),
    camelcase: (text) =>
      lowerWords(text)
        .map((word, at) => (at === 0 ? word : capitalized(word)))
        .join(""),
    slugify: (text) => lowerWords(text.normalize("NFKD").replaceAll(/\p{M}/gu, "")).join("-"),
    words: (text) => text.split(/\s+/u).filter((word) => word !== ""),
    lines: (text) => text.replace(/\r?\n$/, "").split(/\r?\n/),
    chars: (text) => [...text],
  }).map(([name, change]): readonly [string, NativeBuiltin] => [
    `${name}/0`,
    (input) => {
      if (typeof input !== "string") throw new FilterError(`${shown(input)} is no string, which ${name} needs`);
      return change(input);
    },
  ]),
];

function capitalized(word: string): string {
  const [first = ""] = word;
  return first.toUpperCase() + word.slice(first.length);
}

function lowerWords(text: string): readonly string[] {
  const parts = text.match(/\p{Lu}+(?!\p{Ll})|\p{Lu}?[\p{Ll}\p{Lo}\p{M}]+|\p{N}+|\p{L}+/gu) ?? [];
  return parts.map((part) => part.toLowerCase());
}
