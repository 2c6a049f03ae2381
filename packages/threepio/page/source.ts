import type { PageDetail, PageDetails, PageRun, PageTests } from "./page-data.ts";

/** Everything that a page shows. */
export interface PageSource {
  readonly run: PageRun;
  readonly tests: readonly PageTests[];
  /** Undefined when the page has none: of tests that passed, and when there are too many. */
  readonly detail: (index: number) => PageDetail | undefined;
}

/** One part of the data: `run`, `tests` or `details`, and its JSON. Details also say which results they are of. */
interface Part {
  readonly kind: string;
  readonly from: number;
  readonly to: number;
  readonly json: string;
}

/** The data that stands in the page itself. */
export function embeddedSource(): PageSource {
  const parts = Array.from(document.querySelectorAll<HTMLScriptElement>("script[data-kind]"), (script) => ({
    kind: script.dataset["kind"]!,
    from: Number(script.dataset["from"]),
    to: Number(script.dataset["to"]),
    json: script.textContent ?? "",
  }));
  return sourceOf(parts);
}

/** The data as the server has it now: a line a part, `kind from to json`. */
export async function servedSource(): Promise<PageSource> {
  const response = await fetch(`data${location.search}`, { cache: "no-store" });
  if (!response.ok) throw new Error(`the server says ${response.status}`);
  const lines = (await response.text()).split("\n").filter((line) => line !== "");
  return sourceOf(
    lines.map((line) => {
      const [, kind, from, to, json] = /^(\w+) (\d+) (\d+) (.*)$/s.exec(line)!;
      return { kind: kind!, from: Number(from), to: Number(to), json: json! };
    }),
  );
}

function sourceOf(parts: readonly Part[]): PageSource {
  const details = parts.filter(({ kind }) => kind === "details");
  return {
    run: JSON.parse(parts.find(({ kind }) => kind === "run")!.json) as PageRun,
    tests: parts.filter(({ kind }) => kind === "tests").map(({ json }) => JSON.parse(json) as PageTests),
    detail: (index) => {
      const part = details.find(({ from, to }) => from <= index && index <= to);
      const found = part && (JSON.parse(part.json) as PageDetails).find(([at]) => at === index);
      return found?.[1];
    },
  };
}
