import { type Address, parseAddress } from "../../address/address.ts";
import { planReading } from "../../address/plan.ts";

/** One of the sources whose records are read one after the other. */
export interface MergeSource {
  readonly address: Address;
  readonly label: string | undefined;
  /** How its records and messages call it. */
  readonly name: string;
}

/** The source that an address names; of a pattern, each file. @throws JnError, WireError */
export async function mergeSources(text: string, label: string | undefined): Promise<readonly MergeSource[]> {
  const address = parseAddress(text);
  const plans = await planReading(address, "standard input");
  if (address.place.kind !== "glob") return [{ address, label, name: plans[0]!.name }];
  return plans.map(({ place, name }) => ({ address: { ...address, place }, label, name }));
}
