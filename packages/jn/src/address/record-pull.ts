import { closeSync, openSync, unlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ByteSink, descriptorSink, DescriptorSource, type Source, type Transcoder } from "@jn/wire";
import { codecOfBytes } from "../codecs/magic.ts";
import { JnError, usageError } from "../jn-error.ts";
import type { Address } from "./address.ts";
import { type Plan, planReading } from "./plan.ts";
import { openPlace } from "./places.ts";
import { type ReadContext, readRecordsFrom } from "./records-in.ts";
import { STANDARD_INPUT } from "./standard-input.ts";

/** Reads addresses piece by piece, when asked to. */
export interface RecordPull {
  /** Passes on the next piece of the input; false when there is none left. */
  more(): boolean;
}

export interface PullOptions {
  /** The bytes as they are, not as NDJSON. */
  readonly raw: boolean;
  /** Told the name of each source when it is opened: a path; null for other places. */
  readonly begin: (path: string | null) => void;
}

/**
 * Opens addresses to be read in turn into `stage`, which keeps what it needs: it is given no sink that leads anywhere.
 *
 * NDJSON is read as it comes. What must be converted or decompressed is, before anything else, made NDJSON in a temporary file.
 *
 * @throws JnError, WireError
 */
export async function pullRecords(
  addresses: readonly Address[],
  context: ReadContext,
  stage: Transcoder,
  options: PullOptions,
): Promise<RecordPull> {
  const plans: Plan[] = [];
  for (const address of addresses) plans.push(...(await planReading(address, STANDARD_INPUT)));
  if (options.raw) {
    const other = plans.find(({ place }) => !DIRECT.has(place.kind));
    if (other !== undefined) throw usageError(`${other.name}: --raw-input reads files and standard input only`);
  }
  if (options.raw || plans.every(isPlain)) {
    const sources = plans.map((plan) => (): Source => {
      options.begin(plan.place.kind === "file" ? plan.place.path : null);
      return openPlace(plan.place, plan.name);
    });
    return pullFrom(sources, stage, !options.raw);
  }
  const converted = await convertedRecords(addresses, context);
  options.begin(addresses.length === 1 && plans[0]?.place.kind === "file" ? plans[0].place.path : null);
  return pullFrom([() => converted], stage, false);
}

function isPlain(plan: Plan): boolean {
  const { place, format, codec, conditions, options } = plan;
  if (!DIRECT.has(place.kind) || format?.isNdjson !== true || codec !== undefined || conditions.length > 0)
    return false;
  if (options.text("encoding") !== undefined) return false;
  if (place.kind !== "file") return true;
  const source = openPlace(place, plan.name);
  try {
    const first = source.read();
    return first === undefined || codecOfBytes(first) === undefined;
  } finally {
    source.close();
  }
}

function pullFrom(sources: readonly (() => Source)[], stage: Transcoder, looksForCodecs: boolean): RecordPull {
  const nowhere = new ByteSink(() => undefined);
  let index = 0;
  let source: Source | undefined;
  return {
    more() {
      const open = sources[index];
      if (open === undefined) return false;
      const isFirst = source === undefined;
      source ??= open();
      const chunk = source.read();
      if (chunk !== undefined) {
        const codec = isFirst && looksForCodecs ? codecOfBytes(chunk) : undefined;
        if (codec !== undefined && codec !== "short") {
          throw new JnError("BAD_DATA", `${source.name} is compressed (${codec}); decompress it with jn cat first`);
        }
        stage.push(chunk, nowhere);
        return true;
      }
      source.close();
      source = undefined;
      index++;
      if (index === sources.length) stage.end(nowhere);
      return true;
    },
  };
}

/** All records as NDJSON, in a file that is already deleted. */
async function convertedRecords(addresses: readonly Address[], context: ReadContext): Promise<Source> {
  const path = join(tmpdir(), `jn-inputs-${process.pid}.ndjson`);
  const written = openSync(path, "wx", 0o600);
  const read = openSync(path, "r");
  unlinkSync(path);
  const sink = descriptorSink(written, path);
  await readRecordsFrom(addresses, context, sink);
  sink.flush();
  closeSync(written);
  return new DescriptorSource(read, "the records");
}

const DIRECT: ReadonlySet<string> = new Set(["standard", "descriptor", "file"]);
