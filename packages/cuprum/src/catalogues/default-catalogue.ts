import { type Catalogue, defineCatalogue, type ProgramNames } from "./catalogue.ts";

const DEFINITION = {
  "core-ops": {
    programs: [
      "cat",
      "cp",
      "cut",
      "date",
      { name: "echo", endOfOptions: false },
      { name: "false", endOfOptions: false },
      "git",
      "grep",
      "gzip",
      "head",
      "ls",
      "mkdir",
      "mv",
      { name: "printf", endOfOptions: true },
      "rsync",
      "seq",
      "sleep",
      "sort",
      "tail",
      "tar",
      "tee",
      "touch",
      "tr",
      { name: "true", endOfOptions: false },
      "uniq",
      "wc",
      "xz",
      "yes",
      "zstd",
    ],
  },
  docs: { programs: ["mdbook"], docs: ["https://rust-lang.github.io/mdBook/"] },
} as const;

/** Everyday programs that run nothing else by their arguments. For your own, define a catalogue of your own. */
export const defaultCatalogue: Catalogue<ProgramNames<typeof DEFINITION>> = defineCatalogue(DEFINITION);
