import type { FilterHost } from "../host.ts";
import type { Node } from "../language/ast.ts";
import type { ModuleLoader } from "../modules/module-loader.ts";
import type { Value } from "../value/value.ts";

export interface CompileOptions {
  /** Values of `$name` variables. */
  readonly variables?: ReadonlyMap<string, Value> | undefined;
  /** What `input`, `debug` and their like speak to. Default: one without records. */
  readonly host?: FilterHost | undefined;
  /** Compiled instead of what the text says, of which it was made. */
  readonly body?: Node | undefined;
  /** How many rounds the loops of a run may have that have no end of their own. Default: `MAX_STEPS`. */
  readonly maxSteps?: number | undefined;
  /** How many elements of what is there count as a round. Default: `ELEMENTS_PER_ROUND`. */
  readonly elementsPerRound?: number | undefined;
  /** Where `import` and `include` find modules. Default: there are none. */
  readonly modules?: ModuleLoader | undefined;
}
