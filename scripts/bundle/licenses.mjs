import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The licences of the libraries that are in the files that rollup has written. */
export function licensesOf(files) {
  const folders = new Set(
    files
      .flatMap((file) => Object.keys(file.modules ?? {}))
      .flatMap((id) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id)?.[0].replace(/^\0/, "") ?? []),
  );
  return [...folders]
    .toSorted((a, b) => (a < b ? -1 : 1))
    .map((folder) => {
      const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
      const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
      const text = file === undefined ? "" : readFileSync(join(folder, file), "utf8").trim();
      return `${name} ${version} (${license})\n\n${text}\n`;
    })
    .join(`\n${"-".repeat(80)}\n\n`);
}
