import { inspect } from "node:util";

/** Makes `console.log` show the objects of a class by a text. */
export function inspectAs<Shown extends object>(
  of: { readonly prototype: Shown },
  text: (shown: Shown) => string,
): void {
  Object.defineProperty(of.prototype, inspect.custom, {
    value(this: Shown): string {
      return text(this);
    },
  });
}
