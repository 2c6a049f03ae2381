import type { ByteSink } from "@jn/wire";
import { pageFrame } from "../page-report/page-frame.ts";
import { type PagePart, pageParts, type PastRuns } from "../page-report/page-parts.ts";
import { putText } from "../put-text.ts";
import type { OpenedRun } from "../run/opened-run.ts";

/** One HTML file that needs nothing else. The data stands in blocks that the browser does not run, and cannot be ended from inside. */
export function exportHtml(run: OpenedRun, sink: ByteSink, past: PastRuns): void {
  const { head, tail } = pageFrame(false);
  putText(sink, head);
  for (const part of pageParts(run, past)) putText(sink, dataBlock(part));
  putText(sink, tail);
}

function dataBlock({ kind, from, to, json }: PagePart): string {
  // In JSON a < is always inside a string: without any, no text can end the block or begin a comment.
  const text = json.replaceAll("<", String.raw`\u003c`);
  return `<script type="application/json" data-kind="${kind}" data-from="${from}" data-to="${to}">${text}</script>\n`;
}
