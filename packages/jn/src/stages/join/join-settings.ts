import { aggregateList } from "../../aggregates/aggregate-list.ts";
import { usageError } from "../../jn-error.ts";
import { type Field, fieldList } from "../../keys/field-list.ts";
import { explained } from "../filter-failure.ts";
import { JOIN_TYPES, type JoinOptions, type JoinType } from "./join-options.ts";

/** How a join is asked for: fields as text. */
export interface JoinSettings {
  readonly on?: string | undefined;
  readonly leftKey?: string | undefined;
  readonly rightKey?: string | undefined;
  readonly type?: string | undefined;
  readonly strict?: boolean | undefined;
  readonly where?: string | undefined;
  readonly pick?: readonly string[] | undefined;
  readonly prefix?: string | undefined;
  readonly target?: string | undefined;
  readonly agg?: string | undefined;
  readonly memoryBytes: number;
}

/** @throws JnError `USAGE` for what makes no sense */
export async function joinOptions(settings: JoinSettings): Promise<JoinOptions> {
  const { target, agg, where } = settings;
  const leftKeys = keysOf(settings.leftKey ?? settings.on, settings.leftKey === undefined ? "--on" : "--left-key");
  const rightKeys = keysOf(settings.rightKey ?? settings.on, settings.rightKey === undefined ? "--on" : "--right-key");
  if (leftKeys.length !== rightKeys.length)
    throw usageError(`--left-key has ${leftKeys.length} fields, --right-key ${rightKeys.length}; they must be as many`);
  const type = (settings.type ?? "inner") as JoinType;
  if (!JOIN_TYPES.includes(type)) throw usageError(`--type is one of ${JOIN_TYPES.join(", ")}, not '${type}'`);
  if (target !== undefined && agg !== undefined) throw usageError("--target and --agg exclude each other");
  if ((target !== undefined || agg !== undefined) && type !== "inner" && type !== "left")
    throw usageError(`--${target === undefined ? "agg" : "target"} goes with --type inner or left`);
  return {
    type,
    leftKeys,
    rightKeys,
    isStrict: settings.strict ?? false,
    target,
    aggregates: agg === undefined ? undefined : aggregateList(agg),
    pick: settings.pick,
    prefix: settings.prefix ?? "",
    where: where === undefined ? undefined : await condition(where),
    memoryBytes: settings.memoryBytes,
  };
}

function keysOf(text: string | undefined, flag: string): readonly Field[] {
  if (text === undefined) throw usageError("say which fields must be the same: --on FIELDS");
  return fieldList(text, flag);
}

async function condition(expression: string): Promise<NonNullable<JoinOptions["where"]>> {
  const { loadFilter } = await import("../../filter/compiler/compile.ts");
  const filter = await loadFilter(expression);
  return (left, right, place) => {
    let holds = false;
    try {
      filter.run({ left, right }, (value) => {
        if (value !== null && value !== false) holds = true;
      });
    } catch (error) {
      throw explained(error, place, filter);
    }
    return holds;
  };
}
