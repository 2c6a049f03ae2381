import { didYouMean } from "../text/suggestion.ts";

/** How the pages of a source follow one another. */
export interface Paging {
  /**
   * - `link`: the answer names the next page (RFC 8288: `Link: <...>; rel="next"`).
   * - `cursor`: `next` finds in the answer what `param` must be for the next page, or its address.
   * - `page`, `offset`: `param` counts pages, or records, until a page has no records, or fewer than `size`.
   */
  readonly by: "link" | "cursor" | "page" | "offset";
  /** The parameter of the URL; default: that is called as `by` says. Of a cursor without it, `next` is an address. */
  readonly param: string | undefined;
  /** cursor: a jq expression on the answer. */
  readonly next: string | undefined;
  /** page: the number of the first page. Default 1. */
  readonly start: number;
  /** page, offset: how many records a full page has. */
  readonly size: number | undefined;
}

/**
 * The field `pages` of a profile.
 *
 * @throws Error that says what is wrong
 */
export function pagingFrom(value: Readonly<Record<string, unknown>>): Paging {
  for (const key of Object.keys(value)) {
    if (!KEYS.includes(key))
      throw new Error(`there is no field 'pages.${key}'${didYouMean(key, KEYS)}; there are: ${KEYS.join(", ")}`);
  }
  const by = KINDS.find((kind) => kind === value["by"]);
  if (by === undefined) throw new Error(`'pages.by' must be ${KINDS.join(", ")}`);
  const next = text(value, "next");
  if ((by === "cursor") !== (next !== undefined))
    throw new Error("'pages.next' finds the cursor in an answer: it belongs to 'pages.by' cursor, as \".next\"");
  return {
    by,
    next,
    param: text(value, "param") ?? (by === "page" || by === "offset" ? by : undefined),
    start: count(value, "start") ?? 1,
    size: count(value, "size"),
  };
}

function text(value: Readonly<Record<string, unknown>>, key: string): string | undefined {
  const member = value[key];
  if (member === undefined || (typeof member === "string" && member !== "")) return member;
  throw new Error(`'pages.${key}' must be text`);
}

function count(value: Readonly<Record<string, unknown>>, key: string): number | undefined {
  const member = value[key];
  if (member === undefined || (Number.isSafeInteger(member) && (member as number) >= 0)) return member as number;
  throw new Error(`'pages.${key}' must be a whole number`);
}

const KINDS = ["link", "cursor", "page", "offset"] as const;
const KEYS = ["by", "param", "next", "start", "size"];
