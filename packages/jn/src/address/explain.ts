import type { ByteSink } from "@jn/wire";
import type { Address } from "./address.ts";
import { expressionOf } from "./conditions.ts";
import { shownUrl } from "./shown-url.ts";
import { type Plan, planReading, planWriting } from "./plan.ts";

/** Prints what reading the addresses would do, one object a source, without secrets. Nothing is opened for it. */
export async function explainReading(addresses: readonly Address[], sink: ByteSink): Promise<void> {
  for (const address of addresses) {
    for (const plan of await planReading(address, "standard input")) print(explained(plan, "read"), sink);
  }
  sink.flush();
}

/** Prints what writing to the address would do. */
export async function explainWriting(address: Address, sink: ByteSink): Promise<void> {
  print(explained(await planWriting(address, "standard output"), "write"), sink);
  sink.flush();
}

function print(value: object, sink: ByteSink): void {
  const line = Buffer.from(`${JSON.stringify(value)}\n`);
  sink.appendRecords(line, 0, line.length);
}

function explained(plan: Plan, direction: "read" | "write"): object {
  const { place, name, format, options, conditions, codec } = plan;
  return {
    address: plan.address.text.includes("://") ? shownUrl(plan.address.text) : plan.address.text,
    [direction === "read" ? "from" : "to"]: { kind: place.kind, name },
    codec:
      codec === undefined
        ? direction === "read"
          ? "if the first bytes say so"
          : "none"
        : codec === "none"
          ? codec
          : codec.name,
    format: format?.name ?? "by the content",
    holds: format?.holds ?? "one record",
    options: Object.fromEntries(options.entries()),
    ...(plan.headers !== undefined && plan.headers.length > 0 && { headers: plan.headers.map(([field]) => field) }),
    ...(plan.records !== undefined && { records: plan.records }),
    ...(plan.pages !== undefined && { pages: plan.pages }),
    ...(plan.filter !== undefined && { does: plan.filter.expression }),
    ...(conditions.length > 0 && { filter: expressionOf(conditions) }),
  };
}
