import { existsSync, mkdirSync, realpathSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { descriptorSink, ExitCode, ioError, MAX_RECORD_BYTES } from "@jn/wire";
import { parseAddress } from "../address/address.ts";
import { readRecordsFrom } from "../address/records-in.ts";
import { writeRecordsTo } from "../address/records-out.ts";
import type { Command, Invocation } from "../cli/command.ts";
import { JnError, usageError } from "../jn-error.ts";
import { conformance } from "../plugins/external/conformance.ts";
import { discover, discoverOnPath, type External } from "../plugins/external/discovery.ts";
import { checkSource } from "../plugins/external/source-check.ts";
import { LANGUAGES, template } from "../plugins/external/template.ts";
import { trust } from "../plugins/external/trust.ts";
import type { Manifest } from "../plugins/plugin.ts";
import { CODECS, FORMATS, PROTOCOLS } from "../plugins/registry.ts";

export const plugin: Command = {
  name: "plugin",
  summary: "list, call, make, trust and test what reads and writes",
  usage:
    "list | info NAME | call NAME --mode MODE [ADDRESS] | new NAME --language LANGUAGE | trust NAME... | test NAME | check [NAME]",
  positionals: [1, Number.MAX_SAFE_INTEGER],
  details: [
    "External plugins are executables in .jn/plugins, here or in a folder above, or in the user's data folder\n" +
      "(~/.local/share/jn/plugins), or called jn-plugin-... on the path. One of the project goes before one of the user, that before what is built in; then the longest\n" +
      "pattern counts. A plugin of a project runs only after jn plugin trust NAME, and again after it has changed.",
    "call runs one on standard input and output, built in or not; test tries the promises of the contract, docs/plugins.md; check\n" +
      "looks into the source, a FILE or that of a plugin or of all, for what would hold a whole input or output in memory.",
  ],
  flags: [
    { name: "mode", values: ["MODE"], help: "call: read (bytes to NDJSON), write, or raw (the bytes at ADDRESS)" },
    { name: "option", short: "o", values: ["NAME=VALUE"], repeatable: true, help: "call: an option of the plugin" },
    {
      name: "language",
      short: "l",
      values: ["LANGUAGE"],
      help: "new: python, shell, javascript, or typescript: JavaScript with types in comments (default python)",
    },
  ],
  addresses: "none",
  examples: [
    {
      title: "a built-in format as a plugin",
      command: "printf 'a;b\\n1;2\\n' | jn plugin call csv --mode read -o 'delimiter=;'",
      output: '{"a":1,"b":2}\n',
    },
    {
      title: "a plugin of one's own",
      command: "jn plugin new pairs && printf 'x=1;y=2\\n' > data.pairs && jn cat data.pairs",
      output: '{"created":".jn/plugins/pairs.py","trusted":true}\n{"x":"1","y":"2"}\n',
    },
  ],
  async run(invocation) {
    const [action, name, operand, ...others] = invocation.positionals;
    const isTooMuch = action === "call" ? others.length > 0 : action !== "trust" && operand !== undefined;
    if (isTooMuch) throw usageError(`usage: jn plugin ${plugin.usage}`);
    if (action === "list" && name === undefined) await list();
    else if (action === "check") await check(name);
    else if (name === undefined) throw usageError(`usage: jn plugin ${plugin.usage}`);
    else if (action === "info") await info(name);
    else if (action === "call") await call(name, operand, invocation);
    else if (action === "new") create(name, invocation);
    else if (action === "trust") await trustNamed(invocation.positionals.slice(1));
    else if (action === "test") await testNamed(name);
    else throw usageError(`there is no 'jn plugin ${action}'; usage: jn plugin ${plugin.usage}`);
    return ExitCode.ok;
  },
};

async function list(): Promise<void> {
  for (const external of await everyExternal()) print(shownExternal(external));
  for (const entry of [...FORMATS, ...CODECS, ...PROTOCOLS])
    print({ ...summary(await entry.load()), from: "built-in" });
}

async function info(name: string): Promise<void> {
  const external = (await everyExternal()).find((one) => one.manifest?.name === name);
  const builtIn = [...FORMATS, ...CODECS, ...PROTOCOLS].find((entry) => entry.name === name);
  if (external !== undefined) print({ ...shownExternal(external), options: external.manifest?.options });
  else if (builtIn !== undefined) {
    const manifest = await builtIn.load();
    print({ ...summary(manifest), from: "built-in", holds: manifest.holds ?? "one record", options: manifest.options });
  } else throw usageError(`there is no plugin '${name}'; jn plugin list shows those there are`);
}

async function call(name: string, operand: string | undefined, { flags, warn }: Invocation): Promise<void> {
  const parts = flags.all("option").map(([option = ""]) => {
    const [, key, value] = /^([^=]+)=(.*)$/s.exec(option) ?? [];
    if (key === undefined || value === undefined) throw usageError(`--option needs NAME=VALUE, not '${option}'`);
    return { name: key, operator: "=" as const, value };
  });
  const options = new Map(parts.map((part) => [part.name, part.value]));
  const text = `jn plugin call ${name}`;
  const context = { maxRecordBytes: flags.count("max-record-bytes", MAX_RECORD_BYTES), warn };
  const sink = descriptorSink(1, "standard output");
  const mode = flags.text("mode");
  if (mode !== "read" && mode !== "write" && mode !== "raw") throw usageError("--mode must be read, write or raw");
  if ((mode === "raw") !== (operand !== undefined)) throw usageError("--mode raw needs an ADDRESS, the others none");
  if (operand !== undefined) {
    const { callProtocol } = await import("../streams/plugin-call.ts");
    await callProtocol(name, operand, options, { ...context, name: text }, sink);
  } else if ((await roleOf(name)) === "codec") {
    const { callCodec } = await import("../streams/plugin-call.ts");
    await callCodec(name, mode as "read" | "write", options, { ...context, name: text }, sink);
  } else {
    const address = { ...parseAddress("-"), text, format: name, query: parts };
    if (mode === "read") await readRecordsFrom([address], context, sink);
    else await writeRecordsTo(address, context);
  }
}

async function roleOf(name: string): Promise<string | undefined> {
  const external = (await everyExternal()).find((one) => one.manifest?.name === name);
  return external?.manifest?.role ?? CODECS.find((entry) => entry.name === name)?.role;
}

/** @throws JnError `BAD_DATA` when something is found, after all of it has been printed */
async function check(name: string | undefined): Promise<void> {
  const paths =
    name === undefined
      ? (await everyExternal()).map(({ path }) => path)
      : [existsSync(name) ? name : (await externalNamed(name)).path];
  let bad = 0;
  for (const path of paths) {
    const findings = checkSource(path);
    if (findings === undefined) print({ path, problem: "not checked: no Python, JavaScript, TypeScript or shell" });
    for (const finding of findings ?? []) print(finding);
    bad += findings?.length ?? 0;
  }
  if (bad === 0) return;
  throw new JnError(
    "BAD_DATA",
    `${bad} found; mend it, or allow it where it is: a comment 'jn: allow RULE -- the reason'`,
  );
}

function create(name: string, { flags }: Invocation): void {
  const language = flags.text("language") ?? "python";
  const extension = LANGUAGES.get(language);
  if (extension === undefined)
    throw usageError(`--language must be ${[...LANGUAGES.keys()].join(", ")}, not '${language}'`);
  if (!/^[a-z][\w-]*$/i.test(name)) throw usageError(`'${name}' is no name for a plugin: letters, digits, - and _`);
  const path = join(".jn/plugins", name + extension);
  try {
    mkdirSync(".jn/plugins", { recursive: true });
    writeFileSync(path, template(language, name), { flag: "wx", mode: 0o755 });
  } catch (error) {
    throw ioError("create", path, error);
  }
  trust(realpathSync(path));
  print({ created: path, trusted: true });
}

/** All of them, or none. */
async function trustNamed(names: readonly string[]): Promise<void> {
  const found = await Promise.all(names.map(externalNamed));
  for (const { path } of found) {
    trust(path);
    print({ trusted: path });
  }
}

/** @throws JnError `BAD_DATA` when a promise is not kept */
async function testNamed(name: string): Promise<void> {
  const { path, trusted, problem } = await externalNamed(name);
  if (!trusted) throw usageError(`${path} is not trusted, so it is not run; read it, then: jn plugin trust ${name}`);
  if (problem !== undefined) throw new JnError("BAD_DATA", problem);
  let bad = 0;
  for await (const finding of conformance(path)) {
    print(finding);
    if (!finding.ok) bad++;
  }
  if (bad > 0) throw new JnError("BAD_DATA", `${path} does not keep ${bad} of the promises`);
}

async function everyExternal(): Promise<readonly External[]> {
  return [...(await discover()), ...(await discoverOnPath())];
}

/** By its name, or by the name of its file. */
async function externalNamed(name: string): Promise<External> {
  const all = await everyExternal();
  const found =
    all.find((one) => one.manifest?.name === name) ??
    all.find((one) => one.path.endsWith(`/${name.replace(/^.*\//, "")}`));
  if (found !== undefined) return found;
  throw usageError(
    `there is no external plugin '${name}' in .jn/plugins, here or above, in the user's data folder or on the path; is it executable?`,
  );
}

function shownExternal({ from, path, trusted, manifest, problem }: External): object {
  return {
    ...(manifest === undefined ? { name: null } : summary(manifest)),
    from,
    path,
    trusted,
    ...(problem !== undefined && { problem }),
  };
}

function summary({ name, role, modes, matches }: Manifest): object {
  return { name, role, modes, matches };
}

function print(value: object): void {
  const sink = descriptorSink(1, "standard output");
  const line = Buffer.from(`${JSON.stringify(value)}\n`);
  sink.appendRecords(line, 0, line.length);
  sink.flush();
}
