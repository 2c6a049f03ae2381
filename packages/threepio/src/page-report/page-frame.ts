import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The page without its data: everything up to where the data goes, and everything behind. */
export interface PageFrame {
  readonly head: string;
  readonly tail: string;
  /** The policy that the page asks the browser for: its own script and style, nothing else. */
  readonly policy: string;
}

/**
 * The page's frame. It names the hashes of its script and its style, so nothing that a test is called or prints can run, and no request
 * can leave the page; a live page may ask the server that it came from.
 */
export function pageFrame(isLive: boolean): PageFrame {
  const folder = dirname(typeof __filename === "string" ? __filename : fileURLToPath(import.meta.url));
  const script = readFileSync(join(folder, "page.js"), "utf8").trimEnd();
  const style = readFileSync(join(folder, "page.css"), "utf8").trimEnd();
  const policy =
    `default-src 'none'; script-src '${hashOf(script)}'; style-src '${hashOf(style)}'; ` +
    `connect-src ${isLive ? "'self'" : "'none'"}; base-uri 'none'; form-action 'none'`;
  const head = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>3pio</title>
<style>${style}</style>
</head>
<body${isLive ? ' data-live=""' : ""}>
${BODY}
`;
  return { head, tail: `<script>${script}</script>\n</body>\n</html>\n`, policy };
}

function hashOf(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}

const BODY = `<header><div id="summary"></div></header>
<nav class="tools" aria-label="Views">
<div id="tabs" role="tablist" aria-label="Views">
<button type="button" role="tab" id="tab-tests" aria-controls="panel-tests">Tests</button>
<button type="button" role="tab" id="tab-timeline" aria-controls="panel-timeline">Timeline</button>
<button type="button" role="tab" id="tab-slowest" aria-controls="panel-slowest">Slowest</button>
</div>
<span class="space"></span>
<span id="live" role="status"></span>
<button type="button" id="theme">light / dark</button>
<button type="button" id="help">keys</button>
</nav>
<main>
<section class="panel" role="tabpanel" id="panel-tests" aria-labelledby="tab-tests">
<div class="left">
<div class="tools">
<input type="search" id="search" aria-label="Search in names" placeholder="Search in names ( / )" autocomplete="off" spellcheck="false">
<span id="matches" role="status"></span>
<div id="filters" role="group" aria-label="Which results"></div>
</div>
<div id="list" role="tree" aria-label="Results" tabindex="0"><div id="rows" role="presentation"></div></div>
</div>
<div id="detail" role="region" aria-label="The selected result" tabindex="0"><p class="note">Select a test to see what it said.</p></div>
</section>
<section class="panel" role="tabpanel" id="panel-timeline" aria-labelledby="tab-timeline" tabindex="0" hidden></section>
<section class="panel" role="tabpanel" id="panel-slowest" aria-labelledby="tab-slowest" tabindex="0" hidden></section>
</main>
<dialog id="keys" aria-labelledby="keys-title">
<h2 id="keys-title">Keys</h2>
<p><kbd>/</kbd> search, <kbd>Esc</kbd> end the search, <kbd>l</kbd> to the list</p>
<p><kbd>↑</kbd> <kbd>↓</kbd> or <kbd>k</kbd> <kbd>j</kbd> move, <kbd>←</kbd> <kbd>→</kbd> close and open, <kbd>Enter</kbd> select</p>
<p><kbd>1</kbd> all, <kbd>2</kbd> failed, <kbd>3</kbd> flaky, <kbd>4</kbd> passed, <kbd>5</kbd> skipped</p>
<p><kbd>t</kbd> timeline, <kbd>s</kbd> slowest, <kbd>?</kbd> these keys</p>
<form method="dialog"><button>close</button></form>
</dialog>
`;
