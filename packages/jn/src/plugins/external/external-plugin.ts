import { JnError } from "../../jn-error.ts";
import { ndjsonReader } from "../../formats/ndjson/ndjson-reader.ts";
import { programStage } from "../../processes/program-stage.ts";
import { transcodingStage } from "../../streams/transcoding-stage.ts";
import type { OptionValues } from "../option.ts";
import type {
  ByteStage,
  CodecPlugin,
  FormatPlugin,
  Manifest,
  Mode,
  Plugin,
  PluginContext,
  ProtocolPlugin,
} from "../plugin.ts";
import { manifestFrom } from "./plugin-manifest.ts";

/** An executable as what its manifest says that it is. */
export function externalPlugin(path: string, manifest: Manifest): Plugin {
  switch (manifest.role) {
    case "format":
      return externalFormat(path, manifest);
    case "codec":
      return externalCodec(path, manifest);
    case "protocol":
      return externalProtocol(path, manifest);
  }
}

/** An executable as a codec: `--mode=read` unpacks, `--mode=write` packs. */
function externalCodec(path: string, manifest: Manifest): CodecPlugin {
  const stage =
    (mode: Mode): NonNullable<CodecPlugin["decode"]> =>
    (options, context) =>
      Promise.resolve(running(path, manifest, mode, options, context));
  return {
    ...manifest,
    role: "codec",
    ...(manifest.modes.includes("read") && { decode: stage("read") }),
    ...(manifest.modes.includes("write") && { encode: stage("write") }),
  };
}

/** An executable as a format: `--mode=read` has bytes in and NDJSON out, `--mode=write` the other way round. */
function externalFormat(path: string, manifest: Manifest): FormatPlugin {
  const read: NonNullable<FormatPlugin["read"]> = (options, context) => {
    const stage = running(path, manifest, "read", options, context);
    const { name, maxRecordBytes } = context;
    // What it prints is believed no more than what a file says.
    const checked = transcodingStage(
      ndjsonReader({ source: `${name} (by the plugin ${manifest.name})`, maxRecordBytes }),
    );
    return Promise.resolve((input) => checked(stage(input)));
  };
  const write: NonNullable<FormatPlugin["write"]> = (options, context) =>
    Promise.resolve(running(path, manifest, "write", options, context));
  return {
    ...manifest,
    role: "format",
    ...(manifest.modes.includes("read") && { read }),
    ...(manifest.modes.includes("write") && { write }),
  };
}

/** An executable as a protocol: `--mode=raw ADDRESS` prints the bytes. */
function externalProtocol(path: string, manifest: Manifest): ProtocolPlugin {
  return {
    ...manifest,
    role: "protocol",
    open: (address, options, context) => {
      const stage = running(path, manifest, "raw", options, context, [address]);
      return Promise.resolve({ bytes: stage(nothing()), close: () => undefined });
    },
  };
}

/** What a plugin says of itself: `--jn-meta`. @throws JnError `BAD_DATA` */
export async function metaOf(path: string): Promise<Manifest> {
  const text = await said(path, ["--jn-meta"]);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new JnError("BAD_DATA", `the plugin ${path}: --jn-meta does not print JSON`, { cause: error });
  }
  return manifestFrom(value, path);
}

/** The lines that a plugin prints of itself, blank ones left out. @throws JnError `BAD_DATA` */
export async function pluginLines(path: string, args: readonly string[]): Promise<readonly string[]> {
  return (await said(path, args)).split("\n").filter((line) => line.trim() !== "");
}

async function said(path: string, args: readonly string[]): Promise<string> {
  const stage = programStage({ ...program(path), args, name: `the plugin ${path}` });
  let text = "";
  for await (const chunk of stage(nothing())) {
    text += chunk.toString("latin1");
    if (text.length > MAX_SAID_BYTES)
      throw new JnError("BAD_DATA", `the plugin ${path}: ${args.join(" ")} prints too much`);
  }
  return Buffer.from(text, "latin1").toString();
}

/** Options go as flags, after the mode. */
function running(
  path: string,
  manifest: Manifest,
  mode: Mode,
  options: OptionValues,
  { name }: PluginContext,
  operands: readonly string[] = [],
): ByteStage {
  const own = new Set(manifest.options.map((option) => option.name));
  const flags = [...options.entries()]
    .filter(([option]) => own.has(option))
    .map(([option, value]) => `--${option}=${value}`);
  const args = [`--mode=${mode}`, ...flags, ...operands];
  return programStage({ ...program(path), args, name: `${name}: plugin ${manifest.name}` });
}

function program(path: string): {
  readonly program: { readonly name: string; readonly path: string };
  readonly missing: string;
} {
  return {
    program: { name: path.slice(path.lastIndexOf("/") + 1), path },
    missing: `${path} cannot be run; is it executable?`,
  };
}

async function* nothing(): AsyncGenerator<Buffer, void, undefined> {
  // A plugin that reads nothing gets an empty input.
}

const MAX_SAID_BYTES = 1024 * 1024;
