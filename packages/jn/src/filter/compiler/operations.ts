/** The runtime functions of the operators. */
export const OPERATIONS: ReadonlyMap<string, string> = new Map([
  ["+", "add"],
  ["-", "subtract"],
  ["*", "multiply"],
  ["/", "divide"],
  ["%", "modulo"],
  ["==", "isEqual"],
  ["!=", "isDifferent"],
  ["<", "isLess"],
  ["<=", "isAtMost"],
  [">", "isGreater"],
  [">=", "isAtLeast"],
]);
