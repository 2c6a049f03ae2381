import { FilterHalt, type FilterHost, requiredInput } from "../host.ts";
import { FilterError } from "../value/filter-error.ts";
import { toJson } from "../value/json-text.ts";
import { shown } from "../value/shown.ts";
import { asDouble, isNumber, type Value } from "../value/value.ts";

/** A builtin that needs the program around the filter. Like a native one, it has one result. */
export type HostBuiltin = (host: FilterHost, input: Value, ...args: readonly Value[]) => Value;

export const HOST_BUILTINS: ReadonlyMap<string, HostBuiltin> = new Map<string, HostBuiltin>([
  ["input/0", (host) => requiredInput(host)],
  ["input_filename/0", (host) => host.inputFilename()],
  ["input_line_number/0", (host) => host.inputLineNumber()],
  ["get_search_list/0", (host) => host.searchList],
  [
    "modulemeta/0",
    (host, input) => {
      if (typeof input !== "string") throw new FilterError("modulemeta input module name must be a string");
      return host.moduleMeta(input);
    },
  ],
  [
    "debug/0",
    (host, input) => {
      host.printMessage(`["DEBUG:",${toJson(input)}]\n`);
      return input;
    },
  ],
  [
    "stderr/0",
    (host, input) => {
      host.printMessage(rawText(input));
      return input;
    },
  ],
  [
    "halt/0",
    () => {
      throw new FilterHalt(0, "");
    },
  ],
  [
    "halt_error/1",
    (_host, input, code = null) => {
      if (!isNumber(code)) throw new FilterError(`${shown(input)} halt_error/1: number required`);
      throw new FilterHalt(asDouble(code) & 0xff, typeof input === "string" ? input : `${toJson(input)}\n`);
    },
  ],
]);

function rawText(value: Value): string {
  return typeof value === "string" ? value : toJson(value);
}
