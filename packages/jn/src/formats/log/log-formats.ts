import type { OptionSpec } from "../../plugins/option.ts";
import type { FormatParts } from "../format-parts.ts";

const INFER: OptionSpec = {
  name: "infer",
  kind: "boolean",
  modes: ["read"],
  help: "recognise numbers, true, false and empty values as null (true)",
};

export const linesFormat: FormatParts = {
  summary: "plain lines: {line, text}; written from text, or from the field text",
  modes: ["read", "write"],
  options: [],
  async read(_options, { name, maxRecordBytes, bad }) {
    const { linesReader } = await import("./lines.ts");
    return linesReader({ source: name, maxRecordBytes, bad });
  },
  async write(_options, { name, maxRecordBytes, bad }) {
    const { linesWriter } = await import("./lines.ts");
    return linesWriter({ source: name, maxRecordBytes, bad });
  },
};

export const logfmtFormat: FormatParts = {
  summary: 'logfmt: key=value key="a value" a line',
  modes: ["read", "write"],
  options: [INFER],
  async read(options, { name, maxRecordBytes, bad }) {
    const { logfmtReader } = await import("./logfmt-reader.ts");
    return logfmtReader({ source: name, maxRecordBytes, bad, infer: options.boolean("infer") });
  },
  async write(_options, { name, maxRecordBytes, bad }) {
    const { logfmtWriter } = await import("./logfmt-writer.ts");
    return logfmtWriter({ source: name, maxRecordBytes, bad });
  },
};

export const accessFormat: FormatParts = {
  summary: "access logs of web servers, Common or Combined Log Format",
  modes: ["read"],
  options: [],
  async read(_options, { name, maxRecordBytes, bad }) {
    const { accessLogReader } = await import("./access-log.ts");
    return accessLogReader({ source: name, maxRecordBytes, bad });
  },
};

export const lcovFormat: FormatParts = {
  summary: "coverage in lcov's format: a record for each source file",
  modes: ["read"],
  holds: "one source file's lines",
  options: [],
  async read(_options, { name, maxRecordBytes, bad }) {
    const { lcovReader } = await import("./lcov.ts");
    return lcovReader({ source: name, maxRecordBytes, bad });
  },
};
