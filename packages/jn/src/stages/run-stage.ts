import { descriptorSink, ExitCode } from "@jn/wire";
import { readRecordsFrom } from "../address/records-in.ts";
import type { FusedStage } from "../cli/command.ts";

/** Runs a stage as a process of its own: from what it reads to standard output. */
export async function runStage({ addresses, context, transcoder }: FusedStage): Promise<ExitCode> {
  await readRecordsFrom(addresses, context, descriptorSink(1, "standard output"), transcoder);
  return ExitCode.ok;
}
