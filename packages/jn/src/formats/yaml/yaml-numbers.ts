import type { ScalarTag, Tags } from "yaml";
import { RawJson } from "../../json/value-text.ts";
import { survivesDouble } from "../../text/typed-text.ts";

/** Numbers that a double would change keep their text, when they are read and when they are written. */
export function customTags(tags: Tags): Tags {
  return [EXACT, ...tags];
}

/** What the YAML 1.2 core schema takes for a number with a point or exponent, where JSON has such a number, too. */
const EXACT: ScalarTag = {
  identify: (value) => value instanceof RawJson,
  default: true,
  tag: "tag:yaml.org,2002:float",
  test: /^[-+]?(?:\d+\.\d*|\.\d+|\d+(?=[eE]))(?:[eE][-+]?\d+)?$/,
  resolve(text) {
    const [, minus = "", whole = "", rest = ""] = /^\+?(-?)0*(\d*)\.?(.*)$/.exec(text)!;
    const hasPoint = text.includes(".") && /^\d/.test(rest);
    const json = `${minus}${whole === "" ? "0" : whole}${hasPoint ? "." : ""}${rest}`;
    return survivesDouble(json) ? Number(json) : new RawJson(json);
  },
  stringify: ({ value, source }) => (value instanceof RawJson ? value.text : (source ?? String(value))),
};
