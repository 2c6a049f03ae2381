import { programStage } from "../processes/program-stage.ts";
import type { CodecParts } from "./codec-parts.ts";

export const xz: CodecParts = programCodec("xz", "xz");
export const bz2: CodecParts = programCodec("bzip2", "bzip2");
export const lz4: CodecParts = programCodec("LZ4", "lz4");

/** A codec that is a program of the machine: it decompresses `-d` and compresses standard input to standard output, `-c`. */
export function programCodec(label: string, program: string): CodecParts {
  return {
    summary: `${label}, by the program ${program}`,
    modes: ["read", "write"],
    options: [],
    async decode(_options, { name }) {
      return programStage({ program, args: ["-d", "-c"], name: `${name}: ${label}`, missing: MISSING(label, program) });
    },
    async encode(_options, { name }) {
      return programStage({ program, args: ["-c"], name: `${name}: ${label}`, missing: MISSING(label, program) });
    },
  };
}

const MISSING = (label: string, program: string): string =>
  `${label} needs the program ${program}; install it, or unpack the data first`;
