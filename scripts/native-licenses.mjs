import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * The licences of the crates that a crate of a workspace is linked with.
 *
 * @param metadata  what `cargo metadata --format-version 1` prints
 */
export function crateLicenses({ packages, resolve: { nodes } }, root) {
  const packageOf = new Map(packages.map((crate) => [crate.id, crate]));
  const nodeOf = new Map(nodes.map((node) => [node.id, node]));
  const linked = new Set();
  const visit = (id) => {
    const isMacro = packageOf.get(id).targets.some(({ kind }) => kind.includes("proc-macro"));
    if (isMacro || linked.has(id)) return;
    linked.add(id);
    for (const { pkg, dep_kinds } of nodeOf.get(id).deps) {
      // Null is what cargo calls a dependency that is for neither tests nor the build.
      if (dep_kinds.some(({ kind }) => kind === null)) visit(pkg);
    }
  };
  visit(packages.find(({ name }) => name === root).id);
  return [...linked]
    .map((id) => packageOf.get(id))
    .filter(({ source }) => source !== null)
    .toSorted((a, b) => (`${a.name} ${a.version}` < `${b.name} ${b.version}` ? -1 : 1))
    .map(
      (crate) => `${crate.name} ${crate.version} (${crate.license})\n${crate.repository ?? ""}\n\n${textOf(crate)}\n`,
    )
    .join(`\n${"-".repeat(80)}\n\n`);
}

/** Of several licences to choose from MIT is taken. Some crates leave the text in their repository. */
function textOf({ manifest_path, license_file }) {
  const folder = dirname(manifest_path);
  const files = readdirSync(folder).filter((name) => /^(?:licen[cs]e|copying)/i.test(name));
  const file = license_file ?? files.find((name) => /mit/i.test(name)) ?? files[0];
  return file === undefined ? "" : readFileSync(join(folder, file), "utf8").trim();
}
