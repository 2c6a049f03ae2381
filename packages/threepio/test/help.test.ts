import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { commandHelp } from "../src/cli/help.ts";
import { parseFlags } from "../src/cli/flag.ts";
import { loadCommands } from "../src/commands/registry.ts";

const DOCS = join(dirname(fileURLToPath(import.meta.url)), "../../../../docs");

test(
  "every command has a help, examples that its own flags allow, and a place in a guide",
  { timeout: 60_000 },
  async () => {
    const guides = ["3pio.md", "3pio-results.md"].map((name) => readFileSync(join(DOCS, name), "utf8")).join("\n");
    const names = new Set<string>();
    for (const command of await loadCommands()) {
      const { name, examples, flags, takesCommand } = command;
      assert.ok(!names.has(name), `${name} is there twice`);
      names.add(name);
      const help = commandHelp(command);
      assert.ok(help.startsWith(`3pio ${name}: ${command.summary}\n\nUsage: 3pio ${name}`), help);
      for (const flag of flags) assert.ok(help.includes(`--${flag.name}`), help);
      assert.ok(examples.length > 0, `${name} has no example`);
      for (const { command: typed } of examples) {
        const [program, first, ...rest] = typed.replace(/^.*\$\(|\).*$/g, "").split(" ");
        if (program !== "3pio" || first !== name) continue;
        parseFlags(rest, flags, takesCommand !== true);
      }
      assert.ok(guides.includes(`3pio ${name}`), `no guide speaks of 3pio ${name}`);
    }
  },
);
