import { badSlice, field, index, requireShort, setPath, sliceBounds } from "./access.ts";
import { take, takeCopy } from "./budget.ts";
import { FilterError } from "./filter-error.ts";
import { internalKey } from "./object-key.ts";
import { Ownership } from "./ownership.ts";
import { asDouble, compareValues, isArray, isNumber, isObject, typeName, type Value } from "./value.ts";

/** A copy of `value` without what the paths lead to. Positions are those of before anything was deleted. */
export function deletePaths(value: Value, paths: readonly (readonly Value[])[]): Value {
  paths.forEach(requireShort);
  const sorted = paths.toSorted(compareValues);
  if (sorted.length === 0) return value;
  return sorted[0]!.length === 0 ? null : deleteSorted(value, sorted, 0);
}

/** @param paths sorted, and the same before `from` */
function deleteSorted(value: Value, paths: readonly (readonly Value[])[], from: number): Value {
  let result = value;
  const deleted: Value[] = [];
  const own = paths.length > FEW ? new Ownership() : undefined;
  for (let start = 0; start < paths.length;) {
    const step = paths[start]![from]!;
    let end = start + 1;
    while (end < paths.length && compareValues(paths[end]![from]!, step) === 0) end++;
    if (paths[start]!.length === from + 1) deleted.push(step);
    else {
      const inner = result === null ? null : index(result, step);
      if (inner !== null) {
        const rest = deleteSorted(inner, paths.slice(start, end), from + 1);
        result = own === undefined ? setPath(result, [step], rest) : own.set(result, [step], rest);
      }
    }
    start = end;
  }
  return deleted.length === 0 || result === null ? result : withoutSteps(result, deleted);
}

function withoutSteps(value: Value, steps: readonly Value[]): Value {
  if (isObject(value)) {
    takeCopy(value);
    const copy: Record<string, Value> = { ...value };
    for (const step of steps) {
      if (typeof step !== "string") throw new FilterError(`Cannot delete ${typeName(step)} field of object`);
      delete copy[internalKey(step)];
    }
    return copy;
  }
  if (!isArray(value)) throw new FilterError(`Cannot delete fields from ${typeName(value)}`);
  take(8 * value.length);
  const isDeleted = new Uint8Array(value.length);
  for (const step of steps) {
    if (isNumber(step)) {
      const position = Math.trunc(asDouble(step));
      isDeleted[position < 0 ? position + value.length : position] = 1;
    } else if (isObject(step)) {
      const [from, to] = [field(step, "start"), field(step, "end")];
      if ((from !== null && !isNumber(from)) || (to !== null && !isNumber(to))) throw badSlice();
      isDeleted.fill(1, ...sliceBounds(value.length, from, to));
    } else throw new FilterError(`Cannot delete array element of ${typeName(step)}`);
  }
  return value.filter((_, at) => isDeleted[at] === 0);
}

/** Beyond so many paths it is worth the while to know what was copied before. */
const FEW = 8;
