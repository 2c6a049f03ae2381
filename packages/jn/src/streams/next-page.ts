import { JnError } from "../jn-error.ts";
import type { PageSeen } from "../address/page-stages.ts";
import type { Paging } from "../profiles/paging.ts";

/** Pages as the option `?pages` has them. */
export const BY_LINK: Paging = { by: "link", param: undefined, next: undefined, start: 1, size: undefined };

/** Where in a walk over pages we are. */
export interface PageState {
  /** The address of the page that was read. */
  readonly url: string;
  /** The next page that the answer named. */
  readonly link: string | undefined;
  /** How many pages were read. */
  readonly pages: number;
  /** How many records all of them had. */
  readonly records: number;
}

/**
 * The address of the next page; undefined when there is none.
 *
 * @throws JnError `BAD_DATA` when what says where it is makes no sense
 */
export function nextPage(paging: Paging, seen: PageSeen, state: PageState, name: string): string | undefined {
  const { by, param, size = 1 } = paging;
  if (by === "link") return state.link;
  if (by === "cursor") {
    if (seen.cursor === undefined) return undefined;
    return param === undefined ? resolved(seen.cursor, state.url, name) : withParam(state.url, param, seen.cursor);
  }
  if (seen.records < size) return undefined;
  const value = by === "page" ? paging.start + state.pages : state.records;
  return withParam(state.url, param!, String(value));
}

function withParam(url: string, param: string, value: string): string {
  const next = new URL(url);
  next.searchParams.set(param, value);
  return next.href;
}

function resolved(address: string, url: string, name: string): string {
  if (URL.canParse(address, url)) return new URL(address, url).href;
  throw new JnError("BAD_DATA", `${name}: 'pages.next' gave '${address}', which is no address; name its 'pages.param'`);
}
