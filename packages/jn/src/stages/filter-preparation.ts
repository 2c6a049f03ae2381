import type { Flags } from "../cli/arguments.ts";
import { type CompiledFilter, loadFilter } from "../filter/compiler/compile.ts";
import type { CompileOptions } from "../filter/compiler/compile-options.ts";
import { ELEMENTS_PER_ROUND_OF_ALL, MAX_STEPS } from "../filter/compiler/steps.ts";
import { type FilterArguments, filterArguments } from "./filter-arguments.ts";
import { FilterSession } from "./filter-session.ts";

/** What the arguments of `jn filter` say, with the filter that they name. */
export interface PreparedFilter extends FilterArguments {
  readonly filter: CompiledFilter;
  readonly session: FilterSession;
  /** With which the filter was compiled. */
  readonly options: CompileOptions;
}

/**
 * Compiles the filter that the arguments name.
 *
 * @throws JnError `USAGE`, with the place in the filter
 */
export async function preparedFilter(flags: Flags, positionals: readonly string[]): Promise<PreparedFilter> {
  const given = filterArguments(flags, positionals);
  const { expression, variables } = given.expression.startsWith("@") ? await namedOr(given) : given;
  const session = new FilterSession(flags.all("library-path").map(([folder]) => folder!));
  const options = {
    variables,
    modules: await session.modulesFor(expression),
    host: session,
    maxSteps: flags.count("max-steps", MAX_STEPS),
    elementsPerRound: flags.has("slurp") ? ELEMENTS_PER_ROUND_OF_ALL : undefined,
  };
  return { ...given, expression, options, session, filter: await loadFilter(expression, options) };
}

/** A filter that has a name, `@namespace/name?params`; its parameters are variables, too. */
async function namedOr(given: FilterArguments): Promise<Pick<FilterArguments, "expression" | "variables">> {
  const { filterNamed } = await import("../profiles/profile-filter.ts");
  const found = await filterNamed(given.expression);
  if (found === undefined) return given;
  const { fromJson } = await import("../filter/builtins/types.ts");
  const variables = new Map([...found.variables].map(([name, text]) => [name, fromJson(text)]));
  return { expression: found.expression, variables: new Map([...variables, ...given.variables]) };
}
