import type { ByteStage } from "../plugins/plugin.ts";
import type { CodecParts } from "./codec-parts.ts";

export const xz: CodecParts = programCodec("xz", "xz");
export const bz2: CodecParts = programCodec("bzip2", "bzip2");
export const lz4: CodecParts = programCodec("LZ4", "lz4");

/** A codec that is a program of the machine: it decompresses with `-d -c` and compresses with `-c`, from standard input. */
export function programCodec(label: string, program: string): CodecParts {
  const stage = async (args: readonly string[], name: string): Promise<ByteStage> => {
    const { programStage } = await import("../processes/program-stage.ts");
    const missing = `${label} needs the program ${program}; install it, or unpack the data first`;
    return programStage({ program: { name: program }, args, name: `${name}: ${label}`, missing });
  };
  return {
    summary: `${label}, by the program ${program}`,
    modes: ["read", "write"],
    options: [],
    decode: async (_options, { name }) => await stage(["-d", "-c"], name),
    encode: async (_options, { name }) => await stage(["-c"], name),
  };
}
